"""One run from its config to its result; reads as the table of contents of a run."""

import logging
from pathlib import Path
from typing import Any

import torch

from segsweep.config import Config
from segsweep.results.folder import BEST_CHECKPOINT, LAST_CHECKPOINT
from segsweep.training.callbacks.speed import median_img_s
from segsweep.training.environment import peak_memory_gib
from segsweep.training.prepare import Prepared, prepare_run
from segsweep.training.recording import Outcome

log = logging.getLogger("segsweep")


def train_and_test(config: Config, folder: Path, outcome: Outcome) -> None:
    """Train in `folder`, after the last finished epoch if it was begun before, and test; note all in `outcome`.

    Raises:
        SegsweepError: For a mistake of the user, before the first step where it can be known.
    """
    run = prepare_run(config, folder, outcome)
    _fit(run, folder, outcome)
    _test(run, folder, outcome, monitor=config.trainer.monitor, mode=config.trainer.monitor_mode)
    outcome.cost |= _cost(run)


def _fit(run: Prepared, folder: Path, outcome: Outcome) -> None:
    last = folder / LAST_CHECKPOINT
    if last.exists():
        log.info("going on from %s", last)
    try:
        run.training.trainer.fit(
            run.module, run.loaders.train, run.loaders.val, ckpt_path=last if last.exists() else None
        )
    finally:
        outcome.training["epochs_done"] = len(run.training.history.rows)


def _test(run: Prepared, folder: Path, outcome: Outcome, *, monitor: str, mode: str) -> None:
    best = run.training.history.best(monitor, mode)
    if best is not None:
        outcome.metrics = {name: value for name, value in best.items() if name.startswith("val/")}
        outcome.training |= {"best_epoch": int(best["epoch"])}
    checkpoint = torch.load(folder / BEST_CHECKPOINT, map_location="cpu", weights_only=True)
    run.module.load_state_dict(checkpoint["state_dict"])
    run.training.trainer.test(run.module, run.loaders.test, verbose=False)
    outcome.metrics |= run.module.evaluation
    outcome.training |= {"monitor": monitor, "monitor_mode": mode, "tested_split": run.loaders.tested_split}


def _cost(run: Prepared) -> dict[str, Any]:
    return {
        "train_img_s": median_img_s(run.training.speed.train_img_s),
        "eval_img_s": median_img_s(run.training.speed.eval_img_s),
        "peak_memory_gib": peak_memory_gib(run.devices),
        "seconds_to_first_step": run.training.speed.seconds_to_first_step,
        "train_seconds": sum(row["seconds"] for row in run.training.history.rows),
        "epochs": len(run.training.history.rows),
    }
