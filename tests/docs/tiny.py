"""Makes a command that a document shows small enough to be run by a test; the documents say what a user types."""

import shlex
from dataclasses import dataclass
from pathlib import Path

TINY = (
    "trainer.max_epochs=1",
    "trainer.batch_size=2",
    "encoder.weights=null",
    "hardware.accelerator=cpu",
    "hardware.num_workers=0",
    "logger.pictures=false",
    "paths.cache=cache",
)
SMALL = ("resolution.height=64", "resolution.width=64")
SHAPES = ("data.size=32", "data.num_train=4", "data.num_val=2", "data.num_test=2")
ENCODER = ("encoder=tu-test_resnet",)
"""Where the document chooses no part of the network."""
ONE_RUN = ("hydra/launcher=basic", "sweep.max_runs=1")
"""Of a sweep: plan all, train one run in this process."""


@dataclass(frozen=True)
class Stage:
    """Where the documents' commands are run, and what fills their placeholders."""

    training: Path
    """Where training commands are typed."""
    reading: Path
    """Where inspect and report are typed: a folder whose runs differ in what the documents' tables show."""
    data: Path
    """A small folder data set, for data.root=PATH."""
    runs: tuple[str, str]
    """Names of two complete runs, for RUN."""
    sweep: str
    """Name of a sweep, for NAME."""


def entry_point(command: str) -> str | None:
    """Return which command of segsweep is typed: train, inspect or report; None for another program."""
    words = shlex.split(command, comments=True)
    if words[:2] == ["python", "-m"] and words[2].startswith("segsweep."):
        return words[2].removeprefix("segsweep.")
    return None


def words_of(command: str, stage: Stage, *, is_refused: bool = False) -> list[str]:
    """Return the words after the entry point, tiny and with the placeholders filled in.

    Args:
        command: As it is shown.
        stage: What there is.
        is_refused: Whether the command has a mistake, and trains nothing.
    """
    words = shlex.split(command, comments=True)[3:]
    if entry_point(command) != "train":
        runs = iter(stage.runs)
        filled = {"RUN": lambda: next(runs), "NAME": lambda: stage.sweep}
        return [filled[word]() if word in filled else word for word in words if word != "--watch"]
    words = [word.replace("PATH", str(stage.data)) for word in words]
    if any(word.startswith("-") and word != "-m" for word in words) or "sweep.dry_run=true" in words or is_refused:
        return words
    chooses = any(word.startswith(("encoder=", "model=", "sweep=", "experiment=")) for word in words)
    on_files = any(word.startswith(("data=", "experiment=")) for word in words)
    is_sweep = "-m" in words or any(word.startswith("sweep=") for word in words)
    fixed = [
        word
        for word in (*TINY, *SMALL, *(() if on_files else SHAPES), *(() if chooses else ENCODER))
        if not _is_swept(word, words)
    ]
    return [*words, *fixed, *(ONE_RUN if is_sweep else ())]


def _is_swept(tiny: str, words: list[str]) -> bool:
    """A list of values cannot be set a second time."""
    return any(word.partition("=")[0] == tiny.partition("=")[0] and "," in word for word in words)
