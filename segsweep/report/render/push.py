"""A comparison as a run on W&B: its tables, its pictures and its page."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segsweep.report.read.metrics import metric_title
from segsweep.report.read.model import Comparison, Report
from segsweep.report.render.page.build import PAGE_FILE
from segsweep.report.render.tables import pivot_table
from segsweep.report.render.workspace import HOW_TO_GET_IT, is_installed, write_wandb_report
from segsweep.wandb.account import Address, first_line
from segsweep.wandb.errors import push_refused
from segsweep.wandb.files import COMPARISON, SPARSE

FINISH_TIMEOUT_S = 60.0
_INIT_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class Columns:
    """A table as W&B takes it: numbers stay numbers."""

    names: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


def push_report(found: Report, out: Path, files: Sequence[str], address: Address) -> list[str]:
    """Send a report, as a run of the job type `comparison`.

    Args:
        found: What is sent as tables.
        out: Folder of the report.
        files: Names of its files, which are sent as they are; pictures and page are shown too.
        address: The project; made there if it is new.
    Returns:
        Lines that say where it is.
    Raises:
        ReportError: If W&B does not take it.
    """
    import wandb
    from wandb.sdk.lib.service.service_connection import WandbApiFailedError

    tables = tables_of(found)
    pictures = {Path(name).stem: out / name for name in files if name.endswith(".png")}
    try:
        with _staged() as place:
            run = _open(found.comparisons[0], address, place)
            with run:
                _send(run, found.comparisons[0], tables, pictures, [out / name for name in files])
    except (wandb.errors.Error, WandbApiFailedError, TimeoutError) as error:
        raise push_refused(address.path, first_line(error)) from error
    lines = [f"On W&B: {run.url}"]
    if not is_installed():
        return [*lines, HOW_TO_GET_IT]
    try:
        url = write_wandb_report(found, run, tables=list(tables), pictures=list(pictures))
    except (wandb.errors.Error, WandbApiFailedError, ValueError) as error:
        return [*lines, f"No W&B Report was written: {first_line(error)}"]
    return [*lines, f"Report: {url}"]


def _open(best: Comparison, address: Address, place: Path) -> Any:
    import wandb

    return wandb.init(
        entity=address.entity,
        project=address.project,
        name=f"comparison of {best.num_runs} runs by {best.metric}",
        job_type=COMPARISON,
        notes=best.answer,
        config=_config(best),
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


def _send(
    run: Any, best: Comparison, tables: Mapping[str, Columns], pictures: Mapping[str, Path], files: Sequence[Path]
) -> None:
    import wandb

    shown: dict[str, Any] = {
        name: wandb.Table(list(table.names), list(map(list, table.rows))) for name, table in tables.items()
    }
    shown |= {name: wandb.Image(str(path)) for name, path in pictures.items()}
    shown |= {path.stem: wandb.Html(str(path), inject=False) for path in files if path.name == PAGE_FILE}
    run.log(shown)
    for path in files:
        shutil.copyfile(path, Path(run.dir) / path.name)
        run.save(str(Path(run.dir) / path.name), base_path=run.dir, policy="end")
    score = best.rows[0].scores[best.metric].mean
    run.summary.update({"answer": best.answer, "best": best.rows[0].configuration.label, best.metric: score})


def _config(best: Comparison) -> dict[str, Any]:
    return {
        "metric": best.metric,
        "of": best.title,
        "axes": [axis.name for axis in best.axes],
        "runs": sorted(run.name for row in best.rows for run in row.configuration.runs),
    }


def tables_of(found: Report) -> dict[str, Columns]:
    """Return the tables of a report by the name that they get: ranking, pivot 1, ..., and ranking 2 of other data."""
    tables = {}
    for number, comparison in enumerate(found.comparisons, start=1):
        tables["ranking" if number == 1 else f"ranking {number}"] = ranking_columns(comparison)
    for number, pivot in enumerate(found.comparisons[0].pivots, start=1):
        table = pivot_table(pivot)
        tables[f"pivot {number}"] = Columns(_distinct(table.header), table.body)
    return tables


def ranking_columns(comparison: Comparison) -> Columns:
    """Return a ranking with a column for each axis, and for mean and standard deviation of each metric."""
    costs = list(dict.fromkeys(name for row in comparison.rows for name in row.cost))
    axes = [axis.name for axis in comparison.axes]
    metrics = [name for metric in comparison.columns for name in (metric_title(metric), f"{metric_title(metric)} sd")]
    rows = []
    for row in comparison.rows:
        spreads = [row.scores.get(metric) for metric in comparison.columns]
        scores = [number for spread in spreads for number in ((spread.mean, spread.sd) if spread else (None, None))]
        own = [row.configuration.values.get(axis) for axis in axes]
        rows.append(
            [
                float(row.rank),
                row.standing,
                row.configuration.label,
                *own,
                float(len(row.configuration.runs)),
                *scores,
                *(row.cost.get(name) for name in costs),
            ]
        )
    names = ["rank", "standing", "configuration", *(f"axis: {axis}" for axis in axes), "n", *metrics, *costs]
    return Columns(_distinct(names), rows)


def _distinct(names: Sequence[str]) -> list[str]:
    """Number names that come again: W&B's tables need each once."""
    return [f"{name} ({place})" if name in names[:place] else name for place, name in enumerate(names)]


@contextmanager
def _staged() -> Iterator[Path]:
    """Let W&B keep what it sends in a folder that goes away, also the copies that it makes of tables."""
    before = {name: os.environ.get(name) for name in ("WANDB_DATA_DIR", "WANDB_CACHE_DIR")}
    with tempfile.TemporaryDirectory(prefix="segsweep-", ignore_cleanup_errors=True) as place:
        os.environ |= dict.fromkeys(before, place)
        try:
            yield Path(place)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
