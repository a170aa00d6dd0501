"""Whole runs on generated shapes, as a user starts them."""

import csv
import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.command import TINY, Ended, run, start


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def train(*words: str) -> Ended:
    ended = run(*TINY, "paths.cache=cache", *words)
    assert ended.code == 0, ended.err
    return ended


def the_run() -> Path:
    (folder,) = (path for path in Path("runs").iterdir() if path.is_dir())
    return folder


def record(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "record.json").read_text())
    return content


def history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a run was trained, for those who only read it or copy it."""
    home = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        train()
    return home


def test_a_run_leaves_a_record_a_history_checkpoints_and_a_log(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    folder = the_run()
    content = record(folder)
    assert content["status"] == "complete"
    assert content["name"] == folder.name
    assert {"val/miou", "val/dice", "val/iou/circle", "test/miou", "test/loss"} <= set(content["metrics"])
    assert content["training"]["tested_split"] == "test"
    assert content["config"]["trainer"]["max_epochs"] == 2
    assert content["data"]["num_images"] == {"train": 8, "val": 4, "test": 4}
    assert content["cost"]["num_parameters"] > 2e6
    assert content["cost"]["epochs"] == 2
    assert content["training"]["stopped_early"] is False
    assert content["training"]["images_per_epoch"] == 8
    assert content["environment"]["packages"]["torch"]
    assert [row["epoch"] for row in history(folder)] == ["1", "2"]
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["best.ckpt", "last.ckpt"]
    assert "epoch 2/2" in (folder / "train.log").read_text()
    assert (folder / ".hydra" / "config.yaml").exists()


def test_the_same_command_again_skips_a_complete_run_and_rerun_and_another_seed_train_beside_it(
    finished: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    before = (the_run() / "record.json").read_bytes()
    again = train("hardware.eval_batch_size=2")
    assert "complete" in again.out
    assert "epoch" not in again.out
    assert (the_run() / "record.json").read_bytes() == before
    train("rerun=true")
    first, second = sorted(path for path in Path("runs").iterdir() if path.is_dir())
    assert second.name == f"{first.name}.2"
    assert record(second)["name"] == first.name
    assert record(second)["metrics"] == record(first)["metrics"]  # the same seed on the CPU, bit for bit
    train("seed=1")
    (other,) = (path for path in Path("runs").iterdir() if path.is_dir() and path not in (first, second))
    assert record(other)["name"] != record(first)["name"]
    assert record(other)["metrics"] != record(first)["metrics"]


@pytest.mark.parametrize(
    "words",
    [
        ("data.task=binary", "data.channels=1", "loss=bce_dice", "optimizer=sgd", "scheduler=poly"),
        ("data.task=multilabel", "loss=bce_focal", "optimizer=rmsprop", "scheduler=step"),
        ("trainer.ema_decay=0.5", "scheduler=cosine", "trainer.accumulate_batches=2", "trainer.gradient_clip_norm=1"),
        ("scheduler=plateau", "trainer.early_stopping_patience=1", "trainer.precision=32", "logger=tensorboard"),
        ("resolution.eval_size=native", "data.size=40", "loss.class_weights=auto", "augmentation=strong"),
        ("resolution.eval_size=64x64", "trainer.checkpoint_every_epochs=1", "optimizer=timm", "scheduler=constant"),
        ("trainer.validate_every_epochs=2", "hardware.channels_last=false", "trainer.deterministic=true", "model=fpn"),
    ],
    ids=lambda words: " ".join(words),
)
def test_settings_work_together(words: tuple[str, ...]) -> None:
    train(*words)
    content = record(the_run())
    assert content["status"] == "complete"
    assert None not in (content["metrics"][name] for name in ("val/loss", "val/miou", "test/loss", "test/miou"))
    if "logger=tensorboard" in words:
        assert list((the_run() / "tensorboard").glob("events*"))
    if "trainer.checkpoint_every_epochs=1" in words:
        assert (the_run() / "checkpoints" / "epoch-0000.ckpt").exists()
    if "loss.class_weights=auto" in words:
        assert len(content["training"]["class_weights"]) == 4


def wait_for_epoch(folder: Path, epoch: int) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        for file in folder.glob("runs/*/checkpoints/last.ckpt"):
            if len(history(file.parent.parent)) >= epoch:
                return
        time.sleep(0.05)
    raise AssertionError(f"no epoch {epoch} in 240 s")


def test_without_test_images_everything_is_named_val() -> None:
    ended = train("data.num_test=0", "trainer.max_epochs=1", "metrics=boundary")
    content = record(the_run())
    assert content["training"]["tested_split"] == "val"
    assert {name.partition("/")[0] for name in content["metrics"]} == {"val"}
    assert {"val/image/dice/circle", "val/image/hd95"} <= set(content["metrics"])  # those of a test
    assert content["metrics"]["val/miou"] == float(history(the_run())[0]["val/miou"])
    assert "test/" not in ended.out


def test_a_run_that_stops_early_says_so_on_the_terminal_and_in_its_record() -> None:
    ended = train("trainer.max_epochs=30", "trainer.early_stopping_patience=1", "optimizer.lr=1e-12")
    facts = record(the_run())["training"]
    assert facts["stopped_early"] is True
    assert 2 <= facts["epochs_done"] < 30
    said = f"stopped early after epoch {facts['epochs_done']} of 30: val/miou was no better in 1 validation"
    assert said in ended.out


def test_a_killed_run_goes_on_after_its_last_epoch_and_ends_as_if_never_killed(tmp_path: Path) -> None:
    words = (*TINY, "paths.cache=cache", "trainer.max_epochs=6", "trainer.ema_decay=0.9", "data.num_train=32")
    with start(*words, cwd=tmp_path) as process:
        wait_for_epoch(tmp_path, 2)
        process.kill()
    assert not (the_run() / "record.json").exists()
    resumed = run(*words)
    assert "going on from" in resumed.out
    assert [row["epoch"] for row in history(the_run())] == ["1", "2", "3", "4", "5", "6"]
    run(*words, "rerun=true")
    killed, undisturbed = sorted(path for path in Path("runs").iterdir() if path.is_dir())
    assert record(killed)["metrics"] == record(undisturbed)["metrics"]


@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_told_to_stop_says_so_in_its_record_and_goes_on_later(
    tmp_path: Path, signal_number: signal.Signals, code: int
) -> None:
    words = (*TINY, "paths.cache=cache", "trainer.max_epochs=4000")
    process = start(*words, cwd=tmp_path)
    wait_for_epoch(tmp_path, 1)
    process.send_signal(signal_number)
    out, _ = process.communicate(timeout=240)
    assert process.returncode == code, out
    assert "Traceback" not in out
    assert "the same command goes on after epoch" in out
    assert record(the_run())["status"] == "interrupted"


def test_a_loss_that_is_not_finite_stops_the_run_with_the_step_and_the_cause() -> None:
    ended = run(*TINY, "paths.cache=cache", "optimizer=sgd", "optimizer.lr=1e30", "scheduler=constant")
    assert ended.code == 1
    assert "not finite since training batch 2" in ended.err
    assert "optimizer.lr=" in ended.err
    assert "Traceback" not in ended.err
    assert record(the_run())["status"] == "failed"
    assert "not finite" in record(the_run())["reason"]


def test_a_multirun_trains_each_combination_in_a_folder_of_its_own() -> None:
    train(
        "-m",
        "model=unet,fpn",
        "encoder=tu-test_resnet,tu-test_efficientnet",
        "trainer.max_epochs=1",
        "hydra/launcher=basic",
    )
    folders = list(Path("runs").glob("*-*"))
    names = sorted(path.name.rsplit("-", 1)[0] for path in folders)
    assert names == [f"{arch}-tu-test_{encoder}" for arch in ("fpn", "unet") for encoder in ("efficientnet", "resnet")]
    assert all(record(path)["status"] == "complete" for path in folders)


def test_two_processes_give_the_metrics_of_one(tmp_path: Path) -> None:
    # No batch norm, a loss that is a mean over pixels, and fp32: then the gradient of the batch is that of its halves.
    words = (
        *TINY,
        "paths.cache=cache",
        "encoder=tu-test_convnext",
        "model.decoder_use_norm=false",
        "loss=cross_entropy",
        "optimizer=sgd",
        "trainer.precision=32",
    )
    assert run(*words).code == 0
    two = run(*words, "hardware.devices=2", "rerun=true")
    assert two.code == 0, two.err
    one_process, two_processes = sorted(path for path in Path("runs").iterdir() if path.is_dir())
    expected = record(one_process)["metrics"]
    assert record(two_processes)["environment"]["num_devices"] == 2
    assert record(two_processes)["metrics"] == pytest.approx(expected, rel=1e-3, abs=1e-4, nan_ok=True)


def test_inspect_run_tells_what_a_run_did(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    ended = run("run", the_run().name, entry_point="inspect")
    assert ended.code == 0
    for part in ("complete", "unet / tu-test_resnet", "circle", "test/miou", "GFLOPs"):
        assert part in ended.out
    missing = run("run", "unet-resnet81", entry_point="inspect")
    assert missing.code == 2
    assert the_run().name in missing.err
