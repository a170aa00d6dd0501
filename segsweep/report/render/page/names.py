"""Which metrics the page offers."""

from segsweep.report.read.model import Comparison


def scalar_metrics(comparison: Comparison) -> list[str]:
    """Return the metrics of the ranking's split that are one number for all classes; those shown first."""
    split = comparison.metric.partition("/")[0]
    known = dict.fromkeys(name for row in comparison.rows for name in row.scores)
    wanted = [name for name in known if name.startswith(f"{split}/") and not _is_of_a_class(name, comparison)]
    return list(dict.fromkeys([*comparison.columns, *wanted]))


def _is_of_a_class(metric: str, comparison: Comparison) -> bool:
    _, _, name = metric.partition("/")
    return any(name.endswith(f"/{one}") for one in comparison.class_names) or name.removeprefix("image/").count("/") > 0
