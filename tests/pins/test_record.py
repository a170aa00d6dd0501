"""What a small run leaves, as the first version wrote it: its record, its tables, the names in its checkpoint.

`record.json` and `checkpoint.json` beside this file must be met; a key that a later version adds is let pass.
Training amplifies how a processor rounds: with three sets of instructions on one machine this run ends 0.01 apart in
mIoU. So what was measured is compared bit for bit on the processor and the torch that it comes from; elsewhere means
over classes may be 0.1 apart, and the rest of it is compared by its names. All else is compared exactly everywhere.
"""

import csv
import json
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import torch

from tests.command import TINY, run

HERE = Path(__file__).parent
WORDS = (
    *TINY,
    "encoder=resnet18",
    "trainer.max_epochs=3",
    "trainer.precision=32",
    "hardware.num_threads=1",
    "paths.cache=cache",
)
VARIES = (
    "record/started",
    "record/finished",
    "record/config/paths",
    "record/environment",
    "record/cost/train_img_s",
    "record/cost/eval_img_s",
    "record/cost/peak_memory_gib",
    "record/cost/seconds_to_first_step",
    "record/cost/train_seconds",
    "history/*/train_img_s",
    "history/*/seconds",
)
"""Times, speeds, memory, places and versions: of these only the names are compared."""

MEASURED = ("record/metrics", "record/training/best_epoch", "history", "per_image", "confusion")
"""What depends on how a processor rounds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        assert run(*WORDS).code == 0
    (made,) = (path for path in (home / "runs").iterdir() if path.is_dir())
    return made


def machine() -> dict[str, str]:
    """Return what decides how a number is rounded."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else "unknown",
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__.partition("+")[0],
    }


def left_by(folder: Path) -> dict[str, Any]:
    """Return what the run left, in the form of `record.json` beside this file."""
    tables = {name: table(folder / f"{name}.csv") for name in ("history", "per_image", "confusion")}
    content: dict[str, Any] = without({"record": json.loads((folder / "record.json").read_text()), **tables}, VARIES)
    return content


def without(content: Any, places: tuple[str, ...], path: str = "") -> Any:
    """Return the content with the values below some places hidden; `*` is any one key or index."""
    if isinstance(content, dict):
        return {key: without(value, places, f"{path}/{key}") for key, value in content.items()}
    if isinstance(content, list):
        return [without(value, places, f"{path}/{index}") for index, value in enumerate(content)]
    parents = [path, *map(str, PurePosixPath(path).parents)]
    return "varies" if any(fnmatch(parent, f"/{place}") for parent in parents for place in places) else content


def table(file: Path) -> list[dict[str, Any]]:
    with file.open() as lines:
        return [{key: number(cell) for key, cell in row.items()} for row in csv.DictReader(lines)]


def number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def differences(found: Any, expected: Any, path: str = "") -> list[str]:
    """Return where what was found is not what was expected, a line each."""
    if isinstance(expected, dict) and isinstance(found, dict):
        gone = [f"{path}/{key}: is gone" for key in expected if key not in found]
        there = (key for key in expected if key in found)
        return gone + [line for key in there for line in differences(found[key], expected[key], f"{path}/{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for index, pair in pairs for line in differences(*pair, f"{path}/{index}")]
    if found == expected and type(found) is type(expected):
        return []
    return [f"{path}: {found} instead of {expected}"]


def test_a_small_run_leaves_what_it_always_left(folder: Path) -> None:
    expected = json.loads((HERE / "record.json").read_text())
    found = left_by(folder)
    if machine() == expected.pop("machine"):
        assert differences(found, expected) == []
    else:
        assert differences(without(found, MEASURED), without(expected, MEASURED)) == []
        means = {name: value for name, value in expected["record"]["metrics"].items() if name.count("/") == 1}
        assert {name: found["record"]["metrics"][name] for name in means} == pytest.approx(means, abs=0.1)


def test_a_checkpoint_holds_the_names_it_always_held(folder: Path) -> None:
    expected = json.loads((HERE / "checkpoint.json").read_text())
    assert differences(names_in(folder / "checkpoints" / "last.ckpt"), expected) == []


def names_in(file: Path) -> dict[str, Any]:
    """Return what a checkpoint is made of: what Lightning restores by name, and what a network is loaded from."""
    content = torch.load(file, map_location="cpu", weights_only=True)
    return {
        "keys": sorted(content),
        "callbacks": sorted(content["callbacks"]),
        "parameter_groups": [group["name"] for group in content["optimizer_states"][0]["param_groups"]],
        "state_dict": {name: list(value.shape) for name, value in content["state_dict"].items()},
    }
