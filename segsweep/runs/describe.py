"""A run in words: its choices, its metrics, its cost."""

from pathlib import Path
from typing import Any

from segsweep.core.errors import nearest
from segsweep.core.files import read_csv
from segsweep.core.text import duration, plural
from segsweep.runs.errors import run_not_found
from segsweep.runs.folder import HISTORY_FILE
from segsweep.runs.record import RunRecord, read_record

_PER_CLASS = ("iou", "dice", "precision", "recall")
MAX_CLASS_ROWS = 30


def find_run(run: str, runs: Path) -> Path:
    """Return the folder of a run that is given by its path, or by its name in the folder of runs.

    Raises:
        RunError: If there is none, with the nearest names.
    """
    for folder in (Path(run), runs / run):
        if folder.is_dir():
            return folder
    known = [folder.name for folder in runs.iterdir() if folder.is_dir()] if runs.is_dir() else []
    raise run_not_found(run, runs, nearest(run, known))


def describe_run(folder: Path) -> str:
    """Describe a run by its record, or by its history while it has none."""
    record = read_record(folder)
    history = folder / HISTORY_FILE
    epochs = len(read_csv(history)) if history.exists() else 0
    if record is None:
        return f"{folder}: no record yet, {epochs} epochs in {HISTORY_FILE}. The same command goes on."
    parts = [_head(record, folder), _choices(record.config), _metrics(record), class_table(record), _cost(record)]
    return "\n\n".join(part for part in parts if part)


def _head(record: RunRecord, folder: Path) -> str:
    lines = [f"{record.name}   {record.status}   {folder}", f"from {record.started} to {record.finished}"]
    if record.reason:
        lines.append(record.reason)
    return "\n".join(lines)


def _choices(config: dict[str, Any]) -> str:
    model, encoder, optimizer = config["model"], config["encoder"], config["optimizer"]
    resolution, trainer = config["resolution"], config["trainer"]
    size = f"{resolution['height']}x{resolution['width']}"
    terms = [
        f"{value['weight']:g} {name}"
        for name, value in config["loss"].items()
        if isinstance(value, dict) and value["weight"]
    ]
    return "\n".join(
        [
            f"model      {model['arch']} / {encoder['name']}, weights {encoder['weights']}",
            f"data       {config['data']['name']} at {size}, seed {config['seed']}",
            f"loss       {' + '.join(terms)}",
            f"optimizer  {optimizer['name']}, lr {optimizer['lr']:g}, {config['scheduler']['name']}",
            f"trainer    {trainer['max_epochs']} epochs, batch {trainer['batch_size']}",
        ]
    )


def _metrics(record: RunRecord) -> str:
    return "\n".join(f"{name} {_number(value)}" for name, value in record.metrics.items() if name.count("/") == 1)


def class_table(record: RunRecord) -> str:
    """Return a table of the scores of each class on the tested split, and the epoch they come from.

    Of more than `MAX_CLASS_ROWS` classes only those with the lowest IoU are shown.
    """
    prefix = "test" if "test/miou" in record.metrics else "val"
    scores = {metric: _of_classes(record, f"{prefix}/{metric}/") for metric in _PER_CLASS}
    classes = list(scores["iou"])
    if not classes:
        return ""
    title = record.training.tested_split or prefix
    best = record.training.best_epoch
    lines = [] if best is None else [f"epoch {best} is the best"]
    if record.training.stopped_early:
        lines.append(_early_stop(record))
    worst = sorted(classes, key=lambda name: (scores["iou"][name] is None, scores["iou"][name] or 0))[:MAX_CLASS_ROWS]
    width = max(len(title), *(len(name) for name in worst))
    table = [f"{title:<{width}}  " + "  ".join(f"{metric:>9}" for metric in _PER_CLASS)]
    for name in (name for name in classes if name in worst):
        cells = (_number(scores[metric].get(name)) for metric in _PER_CLASS)
        table.append(f"{name:<{width}}  " + "  ".join(f"{cell:>9}" for cell in cells))
    if len(worst) < len(classes):
        lines.append(f"{len(worst)} of {len(classes)} classes, those with the lowest IoU:")
    return "\n".join([*lines, *table])


def _early_stop(record: RunRecord) -> str:
    patience = record.setting("trainer.early_stopping_patience")
    return (
        f"stopped early after epoch {record.training.epochs_done} of {record.setting('trainer.max_epochs')}: "
        f"{record.training.monitor} was no better in {plural(patience, 'validation')}"
    )


def _of_classes(record: RunRecord, prefix: str) -> dict[str, float | None]:
    return {name.removeprefix(prefix): value for name, value in record.metrics.items() if name.startswith(prefix)}


def _cost(record: RunRecord) -> str:
    cost = record.cost
    if cost.train_seconds is None:
        return ""
    return (
        f"{_number(cost.num_parameters and cost.num_parameters / 1e6, 1)} M parameters, "
        f"{_number(cost.gflops, 1)} GFLOPs, "
        f"{_number(cost.train_img_s, 1)} img/s in training, {_number(cost.eval_img_s, 1)} in evaluation, "
        f"{_number(cost.peak_memory_gib, 1)} GiB, {cost.epochs} epochs in {duration(cost.train_seconds)}, "
        f"on {record.environment.device}, precision {record.training.precision}"
    )


def _number(value: float | None, digits: int = 4) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def one_line(record: RunRecord, folder: Path) -> str:
    """Say how a run ended, its metrics, its cost and where it lies."""
    parts = [record.status, record.name]
    for metric in (record.training.monitor, "test/miou", "test/dice"):
        value = record.metrics.get(str(metric))
        if value is not None:
            parts.append(f"{metric} {value:.4f}")
    if record.cost.train_seconds is not None:
        parts.append(duration(record.cost.train_seconds))
    if record.cost.peak_memory_gib is not None:
        parts.append(f"{record.cost.peak_memory_gib:.1f} GiB")
    return "   ".join([*parts, str(folder)])
