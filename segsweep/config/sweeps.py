"""Schema of `sweep`: what a sweep runs beyond `hydra.sweeper`, and when it stops."""

from dataclasses import dataclass, field
from typing import Literal

from omegaconf import MISSING


@dataclass
class SweepConfig:
    """A sweep as a whole; not part of a run's identity. What is varied stands in `hydra.sweeper.params`."""

    name: str | None = MISSING
    """Name of the sweep; null: that of the chosen file, or grid. Its folder adds a hash of what is swept."""
    runs: list[str] = field(default_factory=list)
    """Settings that go together, one string per run, such as "model=unet loss=dice": a list, not a product."""
    objectives: list[str] = field(default_factory=list)
    """What is sought, as METRIC:max or METRIC:min, of val/..., test/... and cost/...; empty: trainer.monitor."""
    on_incompatible: Literal["skip", "refuse"] = MISSING
    """What to do with combinations that cannot be trained: leave them out, or do not begin."""
    dry_run: bool = MISSING
    """Only say what would run, what is done, what cannot run, and what it would cost."""
    max_hours: float | None = MISSING
    """Hours after which no further run is started; null: no limit."""
    max_runs: int | None = MISSING
    """Runs that one command starts at most; null: no limit."""
    max_failures: int | None = MISSING
    """Failed runs after which no further run is started; null: no limit."""
    fail_fast: bool = MISSING
    """Stop everything at the first failed run."""
    retries: int = MISSING
    """How often a run is started again whose process died without a word, from its checkpoint."""
    study: str | None = MISSING
    """The study that a run belongs to; the sweep sets it for its runs."""
    trial: int | None = MISSING
    """The trial of the study that a run is; the sweep sets it for its runs."""
