"""A record in our words, of a run whose own record is missing: another tool wrote it, or the file is gone."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from segsweep.config.dotted import flatten, put_at
from segsweep.runs.facts import CostFacts, DataFacts, EnvironmentFacts, TrainingFacts
from segsweep.runs.record import RunRecord, Status
from segsweep.wandb.names import Names, is_number
from segsweep.wandb.remote import RunInfo

_GROUPS = ("model", "encoder", "data", "optimizer", "scheduler", "loss", "augmentation", "resolution", "trainer")
_BY_FILE = ("loss", "augmentation")
"""Groups that are called by the name of a file, which stands beside the record."""
_STATUS: dict[str, Status] = {"finished": "complete", "killed": "interrupted"}
UNKNOWN = "-"


def record_of_ours(info: RunInfo) -> RunRecord:
    """Return what W&B knows of a run of segsweep without its files: config and metrics, neither cost nor data."""
    found = flatten(info.summary)
    return _record(info, dict(info.config), {name: _as_float(found[name]) for name in found if _is_metric(name)})


def record_of_foreign(info: RunInfo, names: Names, number: int) -> tuple[RunRecord, dict[str, str]]:
    """Return the record of a run of another tool.

    Its number stands for its seed where it names none, so that it is a run of its own.

    Returns:
        The record, and the names of its choices that are files with us.
    """
    theirs, results = flatten(info.config), flatten(info.summary)
    config = _settings(theirs, names)
    choices = {group: str(theirs[name]) for group in _BY_FILE if (name := names.settings.get(group)) in theirs}
    seed = _whole(config.get("seed"))
    config["seed"] = number if seed is None else seed
    config["data"]["fold"] = _whole(config["data"].get("fold"))
    for group, key, usual in (("model", "arch", UNKNOWN), ("encoder", "name", UNKNOWN), ("data", "name", info.project)):
        config[group].setdefault(key, usual)
    metrics = {ours: _as_float(results[name]) for ours, name in names.metrics.items() if name in results}
    known = {**theirs, **results}
    cost = CostFacts.read(
        {ours: float(known[name]) for ours, name in names.costs.items() if is_number(known.get(name))}
    )
    if is_number(info.summary.get("_runtime")):
        cost = replace(cost, train_seconds=float(info.summary["_runtime"]))
    # Runs of other data must not share a table, and their images nobody knows: the name of the data has to do.
    data = DataFacts(fingerprint=f"{info.project}: {config['data']['name']}")
    return _record(info, config, {name: metrics[name] for name in metrics if _is_metric(name)}, cost, data), choices


def _record(
    info: RunInfo,
    config: dict[str, Any],
    metrics: dict[str, float | None],
    cost: CostFacts | None = None,
    data: DataFacts | None = None,
) -> RunRecord:
    status = _STATUS.get(info.state, "failed")
    return RunRecord(
        name=info.name or info.id,
        status=status,
        metrics=metrics,
        config=config,
        training=TrainingFacts(tested_split="test"),
        cost=cost or CostFacts(),
        data=data or DataFacts(),
        environment=EnvironmentFacts(git_commit=info.commit),
        reason=None if status == "complete" else f"W&B says {info.state}",
        started=info.created,
        finished=info.updated,
    )


def _settings(theirs: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Return their settings as a config of ours: those with a name of ours under it, the others under their own."""
    config: dict[str, Any] = {group: {} for group in _GROUPS}
    used = {*names.settings.values(), *names.costs.values()}
    for name, value in theirs.items():
        if name not in used and name not in names.left_out:
            put_at(config, f"{name}.name" if name in _GROUPS else name, value)
    for ours, name in names.settings.items():
        if name not in theirs:
            continue
        if ours == "resolution":
            sides = re.findall(r"\d+", str(theirs[name]))
            config["resolution"] |= {"height": int(sides[0]), "width": int(sides[-1])} if sides else {}
        else:
            put_at(config, f"{ours}.name" if ours in _BY_FILE else ours, theirs[name])
    return config


def _is_metric(name: str) -> bool:
    return name.startswith(("val/", "test/"))


def _as_float(value: Any) -> float | None:
    return float(value) if is_number(value) else None


def _whole(value: Any) -> int | None:
    return int(value) if re.fullmatch(r"\d+", str(value)) else None
