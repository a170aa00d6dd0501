"""Runs segsweep's commands as a user does, in this process (quick) or in one of its own (to be killed)."""

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from hydra.core.global_hydra import GlobalHydra

from segsweep import inspect, train
from segsweep.report import __main__ as report
from tests.warm import Command

ROOT = Path(__file__).resolve().parent.parent
TINY = (
    "encoder=tu-test_resnet",
    "data.size=32",
    "data.num_train=8",
    "data.num_val=4",
    "data.num_test=4",
    "resolution.height=32",
    "resolution.width=32",
    "trainer.batch_size=4",
    "trainer.max_epochs=2",
    "hardware.accelerator=cpu",
    "hardware.num_workers=0",
    "logger.pictures=false",
)
"""The default command on images and with an encoder so small that an epoch takes a fraction of a second."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*words: str, entry_point: str = "train") -> Ended:
    """Run a command line in this process."""
    main = {"train": train.main, "inspect": inspect.main, "report": report.main}[entry_point]
    out, err, code = io.StringIO(), io.StringIO(), 0
    GlobalHydra.instance().clear()
    with (
        mock.patch.object(sys, "argv", [f"segsweep/{entry_point}.py", *words]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Ended(code, out.getvalue(), err.getvalue())


def start(*words: str, cwd: Path, module: str = "segsweep.train") -> Command:
    """Start a command in a process of its own."""
    return Command(module, words, cwd, os.environ)
