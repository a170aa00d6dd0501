"""The runs that a sweep would make: composed, checked and named before the first one starts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from segsweep.cli.answers import answer
from segsweep.compose import plain, typed
from segsweep.core.errors import ConfigError, SegsweepError
from segsweep.data.listing import require_root
from segsweep.runs.reuse import Changes, changes_since, folder_for
from segsweep.runs.versions import KnownInputs
from segsweep.sweep.plan.errors import all_incompatible, some_incompatible
from segsweep.validate import check_config

Compose = Callable[[Sequence[str]], DictConfig]


@dataclass(frozen=True)
class Cell:
    """One combination: what it sets, and the run that it names, or why it cannot be trained."""

    varied: tuple[str, ...]
    """What this combination sets beyond what all runs share."""
    overrides: tuple[str, ...]
    """All that is given to the launcher."""
    run: str = ""
    """Name of the run's folder."""
    config: dict[str, Any] | None = None
    """The composed config, in plain containers; None where it cannot be trained."""
    problem: str | None = None
    """Why it cannot be trained."""
    changes: Changes = Changes()
    """What has changed since the run that lies in its folder was trained."""

    def folder(self, runs: Path) -> Path:
        """Return the run's folder."""
        return runs / self.run


def make_cell(varied: Sequence[str], shared: Sequence[str], compose: Compose, inputs: KnownInputs) -> Cell:
    """Compose, check and name one combination.

    Args:
        varied: What it sets.
        shared: What all runs share.
        compose: Makes a config of overrides.
        inputs: Looks at the data of all runs.
    Raises:
        SegsweepError: If it cannot even be composed: a name is misspelt, a value has the wrong type.
    """
    overrides = (*shared, *varied)
    try:
        composed = compose(overrides)
        config = typed(composed)
    except Exception as error:
        raise answer(error) or error from error
    try:
        check_config(config)
        require_root(config.data)
    except SegsweepError as mistake:
        return Cell(tuple(varied), overrides, problem=str(mistake))
    content = plain(composed)
    folder = folder_for(config, content, inputs.of)
    changes = changes_since(folder, inputs.of(config)) if folder.exists() else Changes()
    return Cell(tuple(varied), overrides, folder.name, content, changes=changes)


def check_cells(cells: Iterable[Cell], *, refuse: bool) -> None:
    """Refuse a sweep of which nothing can be trained, or, if wanted, one of which something cannot.

    Raises:
        SegsweepError: With the combinations and why.
    """
    found = list(cells)
    problems = [f"{' '.join(cell.varied)}: {cell.problem}" for cell in found if cell.problem]
    if not problems:
        return
    if len(problems) == len(found):
        reasons = {str(cell.problem) for cell in found}
        raise ConfigError(reasons.pop()) if len(reasons) == 1 else all_incompatible(problems)
    if refuse:
        raise some_incompatible(problems, len(found))
