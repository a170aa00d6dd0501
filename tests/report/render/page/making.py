"""Comparisons made by hand, of runs that lie on disk: what the page shows, apart from what computes it."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

import numpy as np

from segsweep.core.files import write_csv
from segsweep.report.read.comparison import Cell, Comparison, Effect, Effects, Evidence, Pivot, Report, SeedNoise
from segsweep.report.read.model import Axis, Configuration, Excluded, Pair, Row, RunFacts, Spread, Standing
from segsweep.runs.facts import CostFacts
from segsweep.runs.record import RunRecord

METRICS = ("accuracy", "precision", "recall", "f1", "dice", "miou", "loss")
CLASSES = ("background", "nucleus", "cytoplasm")


def make_report(
    runs: Path,
    *,
    axes: Mapping[str, Sequence[str]],
    num_seeds: int = 3,
    class_names: Sequence[str] = CLASSES,
    with_files: bool = True,
    excluded: Sequence[Excluded] = (),
    unplaced: Sequence[Excluded] = (),
    answer: str = "the first is best",
) -> Report:
    """Return a report of a full grid; later values of each axis are better, so the last configuration is best."""
    draws = np.random.default_rng(0)
    cells = list(itertools.product(*axes.values()))
    made = []
    for number, values in enumerate(cells):
        level = 0.6 + 0.3 * (number + 1) / len(cells)
        found = [
            _run(runs, number, seed, values, level + 0.01 * draws.standard_normal(), class_names)
            for seed in range(num_seeds)
        ]
        if with_files:
            for run in found:
                _write_files(run, draws)
        made.append(Configuration(f"key{number}", "/".join(values), dict(zip(axes, values, strict=True)), tuple(found)))
    made.sort(key=lambda one: -mean(run.record.metrics["test/dice"] or 0 for run in one.runs))
    rows = tuple(_row(place, configuration, made[0]) for place, configuration in enumerate(made, start=1))
    pairs = tuple(row.versus_best for row in rows if row.versus_best is not None)
    comparison = Comparison(
        title="cells: test, 20 images, pixels counted at the stored size",
        runs_folder=runs,
        metric="test/dice",
        selected_by="test/dice",
        directions={name: "min" if name.endswith("/loss") else "max" for name in made[0].runs[0].record.metrics},
        columns=tuple(f"test/{name}" for name in METRICS[:6]),
        metrics=tuple(made[0].runs[0].record.metrics),
        class_names=tuple(class_names),
        rows=rows,
        axes=tuple(Axis(name, (name,), tuple(values)) for name, values in axes.items()),
        pairs=pairs,
        evidence=Evidence(20, None, 20.0, num_seeds, 0.01, "test", 0.002),
        noise=SeedNoise(0.01, "A run differs by its seed alone by 0.0100 (sd)."),
        effects=_effects(axes),
        pivots=(_pivot(rows, axes),) if len(axes) > 1 else (),
        answer=answer,
        notes=("Not all runs have the same commit: 1a2b3c4d in 4 runs, 5e6f7a8b in 2 runs",),
        excluded=tuple(excluded),
    )
    return Report((comparison,), tuple(unplaced))


def _run(
    runs: Path, number: int, seed: int, values: Sequence[str], score: float, class_names: Sequence[str]
) -> RunFacts:
    metrics: dict[str, float | None] = {f"test/{name}": score + 0.01 * place for place, name in enumerate(METRICS)}
    for place, name in enumerate(class_names):
        metrics[f"test/dice/{name}"] = score - 0.05 * place
    metrics["test/image/dice"] = score
    config = {
        "seed": seed,
        "data": {"name": "cells", "fold": None},
        "model": {"arch": values[0]},
        "sweep": {"study": "s"},
    }
    record = RunRecord(f"run{number}", "complete", metrics, config, cost=CostFacts(eval_img_s=50.0 + number))
    return RunFacts(runs / f"run{number}-{seed}", record, {"model.arch": values[0]}, f"key{number}")


def _write_files(run: RunFacts, draws: np.random.Generator) -> None:
    run.folder.mkdir(parents=True)
    score = run.record.metrics["test/dice"] or 0.0
    write_csv(
        run.folder / "history.csv",
        [
            {"epoch": epoch, "val/dice": score * (1 - 0.8**epoch) + 0.01 * draws.random(), "train/loss": 2 * 0.8**epoch}
            for epoch in range(1, 21)
        ],
    )
    write_csv(
        run.folder / "per_image.csv",
        [
            {"image": f"image{place:03d}", "index": place, "dice": score + 0.1 * draws.standard_normal()}
            for place in range(20)
        ],
    )


def _row(rank: int, configuration: Configuration, best: Configuration) -> Row:
    scores = {name: _spread(configuration, name) for name in configuration.runs[0].record.metrics}
    gap = _spread(best, "test/dice").mean - scores["test/dice"].mean
    pair = None
    if rank > 1:
        pair = Pair(
            best.key,
            configuration.key,
            gap,
            gap - 0.02,
            gap + 0.02,
            0.001 + 0.9 * (gap < 0.02),
            0.04 if gap >= 0.02 else 0.9,
            20,
            "images and seeds",
            "better" if gap >= 0.02 else "equal",
            "",
        )
    number = int(configuration.key.removeprefix("key"))
    cost = {
        "parameters_m": 10.0 + number % 7,
        "gflops": 3.0 + number,
        "eval_img_s": 50.0 + number % 5,
        "peak_memory_gib": 2.0 + number % 3,
        "device_hours": 0.4,
    }
    standing: Standing = "best" if pair is None else "worse" if pair.verdict == "better" else "equal"
    return Row(rank, configuration, scores, cost, standing, pair, pareto=rank == 1)


def _spread(configuration: Configuration, metric: str) -> Spread:
    values = [run.record.metrics[metric] or 0.0 for run in configuration.runs]
    return Spread(len(values), mean(values), stdev(values) if len(values) > 1 else None)


def _effects(axes: Mapping[str, Sequence[str]]) -> Effects:
    found = [
        Effect(axis, value, effect := 0.05 * (place - (len(values) - 1) / 2), effect - 0.01, effect + 0.01, 6)
        for axis, values in axes.items()
        for place, value in enumerate(values)
        if len(values) > 1
    ]
    return Effects(tuple(found), (), 0.87)


def _pivot(rows: Sequence[Row], axes: Mapping[str, Sequence[str]]) -> Pivot:
    across, down = list(axes)[:2]
    cells = {}
    for (x, left), (y, top) in itertools.product(enumerate(axes[across]), enumerate(axes[down])):
        found = [
            row.scores["test/dice"]
            for row in rows
            if (row.configuration.values[across], row.configuration.values[down]) == (left, top)
        ]
        cells[x, y] = Cell(
            found[0], num_configurations=len(found), is_best=(x, y) == (len(axes[across]) - 1, len(axes[down]) - 1)
        )
    cells[0, 0] = Cell(None, "failed: out of memory")
    return Pivot(
        "test/dice",
        (across,),
        (down,),
        tuple((value,) for value in axes[across]),
        tuple((value,) for value in axes[down]),
        cells,
    )
