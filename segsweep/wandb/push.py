"""Sends a comparison to W&B: a run with its tables, its pictures and its page, and a Report where that is installed."""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segsweep.core.errors import ReportError
from segsweep.wandb.account import Address, environment, import_wandb, said
from segsweep.wandb.files import COMPARISON, SPARSE

FINISH_TIMEOUT_S = 60.0
HOW_TO_GET_REPORTS = "For a W&B Report of it as well: pip install wandb-workspaces, and the same command again"
_INIT_TIMEOUT_S = 20.0
_PICTURE_COLUMNS = 2


@dataclass(frozen=True)
class Columns:
    """A table as W&B takes it: numbers stay numbers."""

    names: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True)
class PushedComparison:
    """What is sent."""

    name: str
    """Name of the run on W&B."""
    title: str
    """Title of the Report."""
    answer: str
    """The sentence that both begin with."""
    config: Mapping[str, Any]
    summary: Mapping[str, str | float]
    tables: Mapping[str, Columns]
    files: Sequence[Path]
    """Sent as they are; pictures (PNG) and the page (HTML) are shown too."""
    text: str
    """Markdown of the Report."""

    @property
    def pictures(self) -> dict[str, Path]:
        """Return the pictures among the files, by name."""
        return {path.stem: path for path in self.files if path.suffix == ".png"}


def push_comparison(comparison: PushedComparison, address: Address) -> list[str]:
    """Send a comparison to a project, made if it is new, as a run of the job type `comparison`.

    Returns:
        Lines that say where it is.
    Raises:
        ReportError: If W&B does not take it.
    """
    wandb = import_wandb()
    from wandb.sdk.lib.service.service_connection import WandbApiFailedError

    try:
        with _staged() as place:
            run = _open(comparison, address, place)
            with run:
                _send(run, comparison)
    except (wandb.errors.Error, WandbApiFailedError, TimeoutError) as error:
        raise ReportError(
            f"The report is written, but W&B did not take it for {address.path}: {said(error)}. "
            "Check that your key may write there; the same command tries again."
        ) from error
    lines = [f"On W&B: {run.url}"]
    if not has_reports():
        return [*lines, HOW_TO_GET_REPORTS]
    try:
        url = _write_report(comparison, run)
    except (wandb.errors.Error, WandbApiFailedError, ValueError) as error:
        return [*lines, f"No W&B Report was written: {said(error)}"]
    return [*lines, f"Report: {url}"]


@contextmanager
def _staged() -> Iterator[Path]:
    """Let W&B keep what it sends in a folder that goes away, also the copies that it makes of tables."""
    folder = tempfile.TemporaryDirectory(prefix="segsweep-", ignore_cleanup_errors=True)
    with folder as place, environment(WANDB_DATA_DIR=place, WANDB_CACHE_DIR=place):
        yield Path(place)


def _open(comparison: PushedComparison, address: Address, place: Path) -> Any:
    wandb = import_wandb()
    return wandb.init(
        entity=address.entity,
        project=address.project,
        name=comparison.name,
        job_type=COMPARISON,
        notes=comparison.answer,
        config=dict(comparison.config),
        dir=str(place),
        mode="online",
        reinit="create_new",
        save_code=False,
        settings=wandb.Settings(
            console="off",
            disable_code=True,
            init_timeout=_INIT_TIMEOUT_S,
            finish_timeout=FINISH_TIMEOUT_S,
            finish_timeout_raises=True,
            **SPARSE,
        ),
    )


def _send(run: Any, comparison: PushedComparison) -> None:
    wandb = import_wandb()
    shown: dict[str, Any] = {
        name: wandb.Table(list(table.names), list(map(list, table.rows))) for name, table in comparison.tables.items()
    }
    shown |= {name: wandb.Image(str(path)) for name, path in comparison.pictures.items()}
    shown |= {path.stem: wandb.Html(str(path), inject=False) for path in comparison.files if path.suffix == ".html"}
    run.log(shown)
    for path in comparison.files:
        shutil.copyfile(path, Path(run.dir) / path.name)
        run.save(str(Path(run.dir) / path.name), base_path=run.dir, policy="end")
    run.summary.update(dict(comparison.summary))


def has_reports() -> bool:
    """Tell whether W&B Reports can be written: their package is one of its own."""
    return importlib.util.find_spec("wandb_workspaces") is not None


def _write_report(comparison: PushedComparison, run: Any) -> str:
    """Write a Report on W&B, a page of text and panels, about a run that was sent; return its address."""
    import wandb_workspaces.reports.v2 as wr

    panels: list[Any] = [wr.WeavePanelSummaryTable(table_name=name) for name in comparison.tables]
    if comparison.pictures:
        keys = list(comparison.pictures)
        panels.append(wr.MediaBrowser(title="Pictures", media_keys=keys, num_columns=_PICTURE_COLUMNS))
    runs = wr.Runset(entity=run.entity, project=run.project, name="comparison", filters=f"Metric('ID') == '{run.id}'")
    report = wr.Report(
        entity=run.entity,
        project=run.project,
        title=comparison.title,
        description=comparison.answer,
        blocks=[wr.MarkdownBlock(text=comparison.text), wr.PanelGrid(runsets=[runs], panels=panels)],
    )
    return str(report.save().url)
