"""Folders of runs as training leaves them, with scores of one's choice; for tests and benchmarks."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segsweep.config.identity import run_name
from segsweep.core.files import write_csv
from segsweep.report.compare import Question, compare_sources
from segsweep.report.read.comparison import Report
from segsweep.report.read.sources import Sources
from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, TrainingFacts
from segsweep.runs.record import RunRecord, Status
from tests.compose import compose

SIZE_PX = 10_000
"""Pixels of a cell in every image; with as many false as missed ones a Dice of d needs d times so many hits."""


def compare_runs(runs: Path, question: Question | None = None) -> Report:
    """Compare the runs of a folder."""
    return compare_sources(Sources((str(runs),)), question or Question())


def grid(*shared: str, **axes: Sequence[object]) -> Iterator[dict[str, Any]]:
    """Return the configs of a grid, in plain containers; groups as model=["unet", "fpn"], keys as seed=range(3).

    Only groups are composed, once for each value; a dot in a key is written as two underscores.
    """
    base = asdict(compose("data.task=binary", "loss=bce_dice", "encoder.weights=null", *shared))
    parts = [[_part(axis.replace("__", "."), value) for value in values] for axis, values in axes.items()]
    for cell in itertools.product(*parts):
        config = dict(base)
        for path, value in cell:
            config = _with(config, path, value)
        yield config


def _part(axis: str, value: object) -> tuple[str, Any]:
    if "." in axis or axis == "seed":
        return axis, value
    also = ["encoder.weights=null"] if axis == "encoder" else []
    return axis, asdict(compose(f"{axis}={value}", *also))[axis]


def _with(config: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    head, _, rest = path.partition(".")
    return {**config, head: _with(config[head], rest, value) if rest else value}


def make_run(
    runs: Path,
    config: dict[str, Any],
    dice: Sequence[float] | NDArray[np.float64],
    *,
    status: Status = "complete",
    reason: str | None = None,
    name: str | None = None,
    with_counts: bool = True,
    with_images: bool = True,
    class_names: Sequence[str] = ("cell",),
    metrics: Mapping[str, float | None] | None = None,
    **parts: dict[str, Any],
) -> Path:
    """Write a run whose test images have these Dice scores; returns its folder.

    Args:
        runs: Folder of runs.
        config: As `grid` gives it.
        dice: Of each image, 0 to 1.
        status: How it ended.
        reason: Why, if it is not complete.
        name: Name of the run; None: that of its config.
        with_counts: Whether per_image.csv keeps pixel counts.
        with_images: Whether there is a per_image.csv.
        class_names: Classes that are scored; all have the same scores.
        metrics: Changes of the record's metrics.
        parts: Changes of the record's training, cost, data and environment.
    """
    folder = runs / (name or run_name(config))
    folder.mkdir(parents=True)
    rows = _rows(np.asarray(dice), class_names)
    complete = status == "complete"
    if complete and with_images:
        write_csv(
            folder / "per_image.csv",
            [{k: v for k, v in row.items() if with_counts or k[:2] not in _COUNTS} for row in rows],
        )
    RunRecord(
        name=folder.name,
        status=status,
        metrics={**_metrics(rows, class_names), **(metrics or {})} if complete else {},
        config=config,
        training=TrainingFacts.read(
            {"precision": "32", "tested_split": "test" if complete else None} | parts.get("training", {})
        ),
        cost=CostFacts.read(
            {
                "num_parameters": 10_000_000 + 1_000_000 * len(config["encoder"]["name"]),
                "gflops": 5.0 + len(config["model"]["arch"]),
                "train_img_s": 100.0,
                "eval_img_s": 300.0,
                "peak_memory_gib": 4.0,
                "train_seconds": 1800.0,
                "epochs": config["trainer"]["max_epochs"],
            }
            | parts.get("cost", {})
        ),
        data=DataFacts.read(
            {
                "fingerprint": "f" * 32,
                "num_images": {"train": 64, "val": 16, "test": len(rows)},
                "task": "binary",
                "class_names": ["background", *class_names],
            }
            | parts.get("data", {})
        ),
        environment=EnvironmentFacts.read(
            {
                "device": "H200",
                "device_kind": "cuda",
                "num_devices": 1,
                "git_commit": "1234567890",
                "git_dirty": False,
                "packages": {"torch": "2.14.1", "segsweep": "0.1.0"},
            }
            | parts.get("environment", {})
        ),
        reason=reason,
        started="2026-01-01T00:00:00+00:00",
        finished="2026-01-01T01:00:00+00:00",
    ).write(folder)
    return folder


_COUNTS = ("tp", "fp", "fn", "tn")


def _rows(dice: NDArray[np.float64], class_names: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for number, score in enumerate(dice.clip(0, 1).tolist()):
        tp = round(score * SIZE_PX)
        wrong = SIZE_PX - tp
        means = {"dice": tp / SIZE_PX, "iou": tp / (tp + 2 * wrong)}
        counts = {"tp": tp, "fp": wrong, "fn": wrong, "tn": SIZE_PX}
        of_classes = {f"{name}/{of}": value for name, value in (means | counts).items() for of in class_names}
        rows.append({"image": f"{number:05d}", "index": number, **means, **of_classes})
    return rows


def _metrics(rows: Sequence[dict[str, Any]], class_names: Sequence[str]) -> dict[str, float | None]:
    tp, wrong, right = (sum(row[f"{part}/{class_names[0]}"] for row in rows) for part in ("tp", "fp", "tn"))
    dice, iou = tp / (tp + wrong), tp / (tp + 2 * wrong)
    accuracy = (tp + right) / (tp + 2 * wrong + right)
    pooled = {"miou": iou, "dice": dice, "f1": dice, "precision": dice, "recall": dice, "accuracy": accuracy}
    scores = pooled | {"image/dice": float(np.mean([row["dice"] for row in rows]))}
    for of in class_names:
        scores |= {f"{'iou' if name == 'miou' else name}/{of}": value for name, value in pooled.items()}
    found: dict[str, float | None] = {}
    for split in ("val", "test"):
        found |= {f"{split}/loss": 1 - dice} | {f"{split}/{name}": value for name, value in scores.items()}
    return found
