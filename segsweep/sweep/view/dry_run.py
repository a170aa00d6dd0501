"""What a sweep would do: which runs are done, begun, to do or impossible, and what they would cost."""

import statistics
from collections import Counter
from pathlib import Path
from typing import Any

from segsweep.core.files import read_csv
from segsweep.core.text import duration, plural, text_table
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import RunRecord, read_record
from segsweep.runs.reuse import describe_changes
from segsweep.sweep.plan.cells import Cell
from segsweep.sweep.plan.facts import SWEEP_FILE
from segsweep.sweep.plan.plan import SweepPlan
from segsweep.sweep.view.read import read_sweep

_SIZE = (("data", "name"), ("resolution", "height"), ("resolution", "width"))
_TRY_ONE = "One run tells: sweep.max_runs=1"
_NETWORK = (("model", "arch"), ("encoder", "name"))


def describe_plan(plan: SweepPlan) -> str:
    """Describe a sweep without starting anything."""
    records = _records(plan.runs)
    left: list[Cell] | int
    table, left = _grid(plan) if plan.space.is_grid else _search(plan)
    changes = describe_changes([cell.changes for cell in plan.cells.values() if cell.changes])
    lines = [table, *([changes] if changes else []), _cost(left, records, plan)]
    return "\n".join([*lines, f"Nothing was started. To run it: {_without_dry_run(plan)}"])


def _grid(plan: SweepPlan) -> tuple[str, list[Cell]]:
    rows, states = [["run", "state", "", "sets"]], Counter[str]()
    left = []
    sure = plan.num_combinations * (1 if plan.race is None else plan.race.looks[0])
    for cell in list(plan.cells.values())[:sure]:
        state, detail = _state(cell, plan)
        states[state] += 1
        if state not in ("complete", "impossible"):
            left.append(cell)
        rows.append([cell.run or "-", state, detail, " ".join(cell.varied)])
    counts = ", ".join(f"{num} {state}" for state, num in states.items())
    if plan.race is None:
        return f"{text_table(rows)}\n{plural(len(plan.cells), 'run')}: {counts}", left
    most = plural(plan.least_runs // plan.race.looks[0] * plan.race.most, "run")
    return f"{text_table(rows)}\nAt least {plan.least_runs}, at most {most}; of the first ones: {counts}", left


def _state(cell: Cell, plan: SweepPlan) -> tuple[str, str]:
    if cell.problem is not None:
        return "impossible", cell.problem
    if cell.changes.data is not None:
        return "on other data", "trained before the files of data.root changed; again beside it: rerun=changed"
    folder = cell.folder(plan.runs)
    record = read_record(folder)
    if record is not None and record.status == "complete":
        value = record.metrics.get(plan.monitor)
        return "complete", "" if value is None else f"{plan.monitor} {value:.4f}"
    if record is not None and record.status == "failed":
        return "to do again", f"failed: {record.reason}"
    epochs = _epochs_done(folder)
    return ("to go on", f"after epoch {epochs}") if epochs else ("to do", "")


def _epochs_done(folder: Path) -> int:
    file = folder / HISTORY_FILE
    return len(read_csv(file)) if file.exists() else 0


def _search(plan: SweepPlan) -> tuple[str, int]:
    rows = [["swept", "range"], *([key, _range(distribution)] for key, distribution in plan.space.axes.items())]
    sampler = str(plan.sampler.get("_target_", "")).rsplit(".", 1)[-1]
    begun = read_sweep(plan.folder) if (plan.folder / SWEEP_FILE).exists() else None
    counts = "none begun" if begun is None else ", ".join(f"{num} {state}" for state, num in begun.counts.items())
    ended = 0 if begun is None else len(begun.of("complete", "pruned"))
    lines = f"{text_table(rows)}\n{plural(plan.num_runs, 'run')} in all, proposed by {sampler}: {counts}"
    return lines, max(0, plan.num_runs - ended)


def _range(distribution: Any) -> str:
    if hasattr(distribution, "choices"):
        return ", ".join(str(choice) for choice in distribution.choices)
    step = f", step {distribution.step}" if distribution.step not in (None, 1) else ""
    return f"{distribution.low} to {distribution.high}{', logarithmic' if distribution.log else ''}{step}"


def _records(runs: Path) -> list[RunRecord]:
    found = (read_record(folder) for folder in runs.glob("*") if folder.is_dir())
    return [record for record in found if record is not None and record.status == "complete" and _epoch_s(record)]


def _cost(left: list[Cell] | int, records: list[RunRecord], plan: SweepPlan) -> str:
    """Estimate by complete runs on the same data at the same size, of the same network where there is one."""
    num = left if isinstance(left, int) else len(left)
    if num == 0:
        return "Nothing is left to do."
    configs = [cell.config for cell in left if cell.config] if isinstance(left, list) else [plan.base] * num
    seconds = [_seconds(config, records) for config in configs]
    known = [each for each in seconds if each is not None]
    if not known:
        return f"Cost: unknown, since no run on this data at this size is complete in {plan.runs}. {_TRY_ONE}"
    total = statistics.mean(known) * num
    return f"Cost: about {duration(total)} for {plural(num, 'run')} one after the other, judged by complete ones"


def _seconds(config: dict[str, Any], records: list[RunRecord]) -> float | None:
    alike = [record for record in records if _of(record.config, _SIZE) == _of(config, _SIZE)]
    same = [record for record in alike if _of(record.config, _NETWORK) == _of(config, _NETWORK)] or alike
    if not same:
        return None
    return float(config["trainer"]["max_epochs"] * statistics.mean(_epoch_s(record) or 0.0 for record in same))


def _epoch_s(record: RunRecord) -> float | None:
    epochs, seconds = record.cost.epochs, record.cost.train_seconds
    return float(seconds / epochs) if epochs and seconds else None


def _of(config: dict[str, Any], keys: tuple[tuple[str, str], ...]) -> tuple[Any, ...]:
    return tuple(config.get(group, {}).get(key) for group, key in keys)


def _without_dry_run(plan: SweepPlan) -> str:
    return " ".join(word for word in plan.command.split() if not word.startswith("sweep.dry_run="))
