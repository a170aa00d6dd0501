"""A trained run is loaded from its folder, and predicts what its own test counted."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import segsweep
from segsweep.core.errors import RunError
from segsweep.data.open import open_data
from segsweep.inference.load import TrainedRun
from segsweep.metrics.evaluator import Evaluator
from tests.command import TINY, run

pytestmark = pytest.mark.e2e

TASKS = {
    "multiclass": ("resolution.eval_size=64x64",),  # resized on the way in, and back on the way out
    "binary": ("data.size=40", "resolution.eval_size=native", "trainer.ema_decay=0.9"),  # padded from 40 to 64
    "multilabel": ("loss=bce_dice",),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run folder for each kind of task."""
    home = tmp_path_factory.mktemp("home")
    found: dict[str, Path] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        for task, words in TASKS.items():
            ended = run(*TINY, f"data.task={task}", *words, "paths.cache=cache", "logger=none")
            assert ended.code == 0, ended.err
            (found[task],) = set((home / "runs").iterdir()) - set(found.values())
    return found


def scores_again(trained: TrainedRun) -> dict[str, float]:
    """Predict the test images, and score the predictions."""
    split = open_data(trained.config.data, cache_dir=trained.folder).splits["test"]
    evaluator = Evaluator(trained.task)
    for index in range(len(split)):
        pred = torch.from_numpy(trained.predict(split.load_image(index)))
        truth = torch.from_numpy(np.ascontiguousarray(split.load_truth(index)))
        truth = truth if truth.ndim == 2 else truth.permute(2, 0, 1)
        if trained.task.kind == "multiclass":
            logits = torch.nn.functional.one_hot(pred.long(), trained.task.num_outputs).permute(2, 0, 1)
        else:
            logits = 2 * pred.reshape(-1, *pred.shape[-2:]).int() - 1
        evaluator.update(logits[None].float(), truth[None], torch.tensor([index]))
    return evaluator.finish("test", image_classes=True).scores


@pytest.mark.parametrize("task", TASKS)
def test_the_predictions_of_a_loaded_run_give_the_metrics_of_its_record_again(
    folders: dict[str, Path], task: str
) -> None:
    trained = segsweep.load_run(folders[task])
    assert trained.task.kind == task
    found = scores_again(trained)
    recorded = {name: value for name, value in trained.record.metrics.items() if name.startswith("test/")}
    assert recorded.pop("test/loss") is not None
    expected = {name: np.nan if value is None else value for name, value in recorded.items()}
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_an_image_file_is_read_and_predicted_at_its_own_size(folders: dict[str, Path], tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "photo.png"
    Image.fromarray(np.zeros((50, 70, 3), dtype=np.uint8)).save(file)
    trained = segsweep.load_run(folders["binary"])
    assert trained.predict(trained.read_image(file)).shape == (50, 70)
    assert not trained.model.training


def test_the_package_itself_stays_light() -> None:
    code = "import sys, segsweep; assert 'torch' not in sys.modules; segsweep.load_run; assert 'torch' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_folder_that_holds_no_trained_run_is_answered_in_words(folders: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no folder"):
        segsweep.load_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match=r"no record\.json that can be read"):
        segsweep.load_run(tmp_path)
    folder = tmp_path / "run"
    shutil.copytree(folders["binary"], folder)
    checkpoint = folder / "checkpoints" / "best.ckpt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(RunError, match=r"best\.ckpt cannot be used"):
        segsweep.load_run(folder)
    checkpoint.unlink()
    with pytest.raises(RunError, match=r"the run is complete, and its weights were removed"):
        segsweep.load_run(folder)


def test_a_config_of_another_version_or_network_is_answered_in_words(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(folders["binary"], folder)
    content = json.loads((folder / "record.json").read_text())
    for config, problem in (
        ({**content["config"], "model": {"arch": "unknown"}}, "cannot be read by this version"),
        ({**content["config"], "encoder": {**content["config"]["encoder"], "name": "resnet18"}}, "cannot be used"),
    ):
        (folder / "record.json").write_text(json.dumps({**content, "config": config}))
        with pytest.raises(RunError, match=problem):
            segsweep.load_run(folder)
