"""Makes sweeps as the sweeper leaves them: a real study, real records and histories."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from segsweep.core.files import write_csv
from segsweep.runs.facts import CostFacts, TrainingFacts
from segsweep.runs.record import RunRecord, Status
from segsweep.sweep.plan.facts import SweepFacts
from segsweep.sweep.queue.notes import attributes, notes_of, write_notes
from segsweep.sweep.queue.storage import open_storage
from segsweep.sweep.view.model import SweepView
from segsweep.sweep.view.read import read_sweep

AXES: dict[str, BaseDistribution] = {
    "model": CategoricalDistribution(["unet", "fpn", "deeplabv3plus"]),
    "encoder": CategoricalDistribution(["resnet18", "timm-tf_efficientnet_lite4"]),
    "optimizer.lr": FloatDistribution(1e-5, 1e-1, log=True),
}
STATES = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "failed": TrialState.FAIL}


def history(values: list[float], *, epoch_s: float = 60.0) -> list[dict[str, float]]:
    return [
        {"epoch": index + 1.0, "train/loss": 1.0, "seconds": epoch_s, "val/miou": value}
        for index, value in enumerate(values)
    ]


@dataclass
class MadeSweep:
    """A sweep that a test fills."""

    runs: Path
    objectives: Mapping[str, str] = field(default_factory=lambda: {"val/miou": "max"})
    name: str = "tune"
    study_name: str = "tune-1a2b3c4d"
    axes: Mapping[str, BaseDistribution] = field(default_factory=lambda: AXES)
    num_runs: int = 100
    slots: int = 2
    storage: str = "journal"
    started: str = "2026-11-20T10:00:00+00:00"
    num_planned: int = 0

    def __post_init__(self) -> None:
        self.folder = self.runs / "sweeps" / self.study_name
        self.folder.mkdir(parents=True)
        directions = [
            StudyDirection.MAXIMIZE if mode == "max" else StudyDirection.MINIMIZE for mode in self.objectives.values()
        ]
        self.study = optuna.create_study(
            study_name=self.study_name, storage=open_storage(self.storage, self.folder), directions=directions
        )
        self.facts.write(self.folder)

    @property
    def facts(self) -> SweepFacts:
        return SweepFacts(
            name=self.name,
            study=self.study_name,
            storage=self.storage,
            command="python -m segsweep.train sweep=tune",
            runs=self.runs,
            monitor="val/miou",
            mode="max",
            objectives=self.objectives,
            axes=tuple(self.axes),
            num_runs=self.num_runs,
            max_epochs=10,
            slots=self.slots,
            started=datetime.fromisoformat(self.started) if self.started else None,
        )

    def waiting(self, params: dict[str, Any] | None = None, *, index: int | None = None) -> FrozenTrial:
        index = self.num_planned if index is None else index
        self.num_planned = max(self.num_planned, index + 1)
        self.study.enqueue_trial(params or {}, user_attrs=attributes(index=index))
        return self.study.get_trials()[-1]

    def running(self, params: dict[str, Any], curve: list[float] | None = None, **also: Any) -> FrozenTrial:
        """A run that a worker has claimed; with a curve its epochs lie in its folder."""
        self.waiting(params, index=also.pop("index", None))
        live = self.study.ask()
        for key, distribution in self.axes.items():
            if key in params:
                live._suggest(key, distribution)
        run = f"{params.get('model', 'unet')}-resnet18-{live.number:08x}"
        overrides = [f"{key}={value}" for key, value in params.items()]
        write_notes(self.study, self.study.get_trials()[live.number], overrides=overrides, run=run, **also)
        if curve is not None:
            (self.runs / run).mkdir()
            write_csv(self.runs / run / "history.csv", history(curve))
        return self.study.get_trials()[live.number]

    def ended(
        self,
        params: dict[str, Any],
        curve: list[float],
        status: Status = "complete",
        *,
        minutes: float = 5,
        cost: Mapping[str, float] | None = None,
        reason: str | None = None,
        **also: Any,
    ) -> FrozenTrial:
        """A run that ended, with a record, its history and a log."""
        trial = self.running(params, curve, **({"reason": reason} if reason else {}), **also)
        folder = self.runs / str(notes_of(trial).run)
        (folder / "train.log").write_text("said\n")
        begun = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
        record = RunRecord(
            name=folder.name,
            status=status,
            metrics={"val/miou": max(curve)} if curve and status != "failed" else {},
            config={"trainer": {"max_epochs": 10}},
            cost=CostFacts.read(
                {"epochs": len(curve), "peak_memory_gib": 3.14, **(cost or {})} if status != "failed" else {}
            ),
            training=TrainingFacts(epochs_done=len(curve)),
            reason=reason,
            started=begun.isoformat(),
            finished=(begun + timedelta(minutes=minutes)).isoformat(),
        )
        record.write(folder)
        values = [{"val/miou": max(curve, default=0.0), **(cost or {})}[metric] for metric in self.objectives]
        self.study.tell(trial.number, values if status == "complete" else None, state=STATES[status])
        return self.study.get_trials()[trial.number]

    def incompatible(self, params: dict[str, Any], reason: str) -> None:
        trial = self.running(params, reason=reason, incompatible=True)
        self.study.tell(trial.number, state=TrialState.FAIL)

    def view(self) -> SweepView:
        return read_sweep(self.folder)


def example(runs: Path) -> MadeSweep:
    """A sweep with a run in every state."""
    made = MadeSweep(runs, num_runs=8)
    made.ended({"model": "unet", "encoder": "resnet18", "optimizer.lr": 0.001}, [0.2, 0.5, 0.6], minutes=10)
    made.ended({"model": "fpn", "encoder": "resnet18", "optimizer.lr": 0.01}, [0.3, 0.7], minutes=20)
    made.ended({"model": "fpn", "encoder": "resnet18", "optimizer.lr": 0.09}, [0.1], "pruned", minutes=1)
    lost = {"model": "unet", "encoder": "resnet18", "optimizer.lr": 0.1}
    made.ended(lost, [], "failed", reason="[bold] out of memory")
    made.incompatible({"model": "deeplabv3plus", "encoder": "resnet18"}, "deeplabv3plus refuses it")
    made.running({"model": "unet", "encoder": "resnet18", "optimizer.lr": 0.002}, [0.1, 0.4])
    made.waiting({"model": "fpn", "encoder": "resnet18"})
    made.waiting()
    return made
