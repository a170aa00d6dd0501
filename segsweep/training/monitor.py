"""The metric that a run watches."""

from segsweep.errors import nearest
from segsweep.errors.runs import monitor_unknown
from segsweep.metrics import PixelCounts


def require_known_metric(monitor: str, counts: PixelCounts) -> None:
    """Refuse a metric that validation will not give.

    Raises:
        ConfigError: Naming the metrics that there are.
    """
    known = ["val/loss", *counts.scores("val")]
    if monitor not in known:
        raise monitor_unknown(monitor, known, nearest(monitor, known))
