"""Every script that a person can start runs to its end, at a tiny size."""

from pathlib import Path

import pytest

from tests.command import ROOT, TINY, start
from tests.data.making import save_pair

COMMANDS: dict[str, tuple[str, ...]] = {
    "bench_bookkeeping": ("-m", "hydra/launcher=recording", "seed=range(0,4)", "paths.runs={folder}/runs", *TINY),
    "bench_report": ("8", "--classes", "2"),
    "bench_sweep": ("--tiny",),
    "bench_train": ("--tiny", "--root", "{folder}/data", "--classes", "3", "--ignore-index", "255"),
    "make_docs": ("--root", "{folder}", "--pictures"),
    "measure_structure": (),
    "simulate_verdicts": ("--quick",),
    "simulate_races": ("--quick",),
    "train_every_pair": ("--models", "unet", "--encoders", "resnet18", "--tasks", "binary", "multilabel"),
}
SAYS = {
    "bench_bookkeeping": "4 runs: 4 complete",
    "bench_report": "8 runs of 8 configurations",
    "bench_sweep": "bookkeeping_fraction",
    "bench_train": "seconds_to_first_step",
    "make_docs": "docs/reference/settings.md, docs/reference/metrics.md, docs/images/comparison.png",
    "measure_structure": "cycles_of_modules          none",
    "simulate_verdicts": "false better or worse",
    "simulate_races": "| one is best by 0.05 | 0.0% | 0.0% | 0.0% |",
    "train_every_pair": "2 trained",
}


def test_every_script_is_run_here() -> None:
    started = {file.stem for file in (ROOT / "scripts").glob("*.py") if "__main__" in file.read_text()}
    assert set(COMMANDS) == set(SAYS) == started


@pytest.mark.e2e
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_script_runs_to_its_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for split in ("train", "val"):
        for stem in "abcdef":
            save_pair(tmp_path / "data", split, stem, [[0, 1, 2] * 22] * 66)
    monkeypatch.setenv("SEGSWEEP_CACHE", str(tmp_path / "cache"))
    words = (word.format(folder=tmp_path) for word in COMMANDS[name])
    with start(*words, cwd=ROOT, module=f"scripts.{name}") as command:
        out = command.stdout.read()
    assert command.returncode == 0, out[-3000:]
    assert SAYS[name] in out
