"""A run in one line, as people read it."""

from pathlib import Path

from segsweep.results.record import RunRecord


def duration(seconds: float) -> str:
    """Write seconds as people say them: 42 s, 3 min 20 s, 1 h 37 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def one_line(record: RunRecord, folder: Path) -> str:
    """Say how a run ended, its metrics, its cost and where it lies."""
    parts = [record.status, record.name]
    for metric in (record.training.get("monitor"), "test/miou", "test/dice"):
        value = record.metrics.get(str(metric))
        if value is not None:
            parts.append(f"{metric} {value:.4f}")
    if "train_seconds" in record.cost:
        parts.append(duration(record.cost["train_seconds"]))
    if "peak_memory_gib" in record.cost:
        parts.append(f"{record.cost['peak_memory_gib']:.1f} GiB")
    return "   ".join([*parts, str(folder)])
