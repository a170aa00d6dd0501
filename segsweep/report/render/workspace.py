"""A comparison as a Report on W&B, a page of text and panels; only where `wandb-workspaces` is installed."""

import importlib.util
from typing import Any

from segsweep.report.read.model import Report
from segsweep.report.render.markdown import markdown_report

HOW_TO_GET_IT = "For a W&B Report of it as well: pip install wandb-workspaces, and the same command again"
_NUM_COLUMNS = 2


def is_installed() -> bool:
    """Tell whether W&B Reports can be written."""
    return importlib.util.find_spec("wandb_workspaces") is not None


def write_wandb_report(found: Report, run: Any, *, tables: list[str], pictures: list[str]) -> str:
    """Write a Report on W&B about a comparison that was pushed.

    Args:
        found: Its text.
        run: The run on W&B that holds tables and pictures.
        tables: Names of tables to show.
        pictures: Names of pictures to show.
    Returns:
        Its address.
    """
    import wandb_workspaces.reports.v2 as wr

    best = found.comparisons[0]
    panels: list[Any] = [wr.WeavePanelSummaryTable(table_name=name) for name in tables]
    if pictures:
        panels.append(wr.MediaBrowser(title="Pictures", media_keys=pictures, num_columns=_NUM_COLUMNS))
    runs = wr.Runset(entity=run.entity, project=run.project, name="comparison", filters=f"Metric('ID') == '{run.id}'")
    report = wr.Report(
        entity=run.entity,
        project=run.project,
        title=f"{best.metric} of {len(best.rows)} configurations",
        description=best.answer,
        blocks=[wr.MarkdownBlock(text=markdown_report(found)), wr.PanelGrid(runsets=[runs], panels=panels)],
    )
    return str(report.save().url)
