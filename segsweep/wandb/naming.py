"""How other tools call what we call something else; only guesses, which `--map` overrules."""

import re
from collections.abc import Sequence

SETTINGS: dict[str, tuple[str, ...]] = {
    "model.arch": ("model_arch", "architecture", "arch", "model_name", "model_type", "model", "network", "net"),
    "encoder.name": ("encoder_name", "encoder", "backbone", "model_encoder_name", "model_encoder", "model_backbone"),
    "encoder.weights": ("encoder_weights", "pretrained_weights"),
    "data.name": ("data_name", "dataset", "dataset_name", "data"),
    "data.fold": ("data_fold", "fold", "fold_id", "fold_index"),
    "seed": ("seed", "random_seed", "random_state"),
    "optimizer.name": ("optimizer_name", "optimizer", "optim", "opt"),
    "optimizer.lr": ("optimizer_lr", "lr", "learning_rate", "base_lr"),
    "scheduler.name": ("scheduler_name", "scheduler", "lr_scheduler"),
    "loss": ("loss", "loss_name", "loss_fn", "loss_function", "criterion"),
    "augmentation": ("augmentation", "augmentations", "aug", "transforms"),
    "resolution": ("resolution", "img_size", "image_size", "input_size", "crop_size", "imsize"),
    "resolution.height": ("resolution_height", "img_height", "image_height", "height"),
    "resolution.width": ("resolution_width", "img_width", "image_width", "width"),
    "trainer.batch_size": ("trainer_batch_size", "batch_size", "train_batch_size", "bs"),
    "trainer.max_epochs": ("trainer_max_epochs", "max_epochs", "epochs", "num_epochs", "n_epochs"),
}
"""Our setting to what it is called, the surest first; written with _ between words."""
COSTS: dict[str, tuple[str, ...]] = {
    "num_parameters": ("num_parameters", "num_params", "n_params", "total_params", "parameters", "params"),
    "gflops": ("gflops",),
}
METRICS: dict[str, tuple[str, ...]] = {
    "dice": ("dice", "dsc", "dice_score", "dice_coef", "dice_coeff", "dice_coefficient", "mean_dice", "mdice"),
    "miou": ("miou", "iou", "mean_iou", "iou_score", "jaccard", "jaccard_index", "mean_jaccard"),
    "accuracy": ("accuracy", "acc", "pixel_accuracy", "pixel_acc"),
    "f1": ("f1", "f1_score", "fscore", "f_score"),
    "precision": ("precision", "prec"),
    "recall": ("recall", "sensitivity"),
    "loss": ("loss",),
}
_SPLITS = {"test": "test", "testing": "test", "val": "val", "valid": "val", "validation": "val", "eval": "val"} | {
    "train": "train",
    "training": "train",
}
_OF_THE_MACHINE = re.compile(
    r"(?:.*_)?(?:(?:out|log|save|work)?dirs?|paths?|folders?|root|output|time|timestamp|date|host|hostname|user|username|"
    r"gpus?|devices?|port|rank|workers|notes|tags|id|uuid|logs?|logger|checkpoints?|ckpt|resume|wandb|verbose|debug|exp|"
    r"experiment|run|job|project|group|version)(?:_.*)?"
)
"""Words in the name of a setting that tells where and when a run ran, not what it tried."""


def words_of(name: str) -> str:
    """Return a name in small letters with _ between words: testDice, test/dice and test.dice are all test_dice."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def metric_of(name: str) -> str | None:
    """Return what we call a result that is called so; None for one that is no metric of a split.

    A score without a split is taken as validated: that it was tested nobody says.
    """
    name = re.sub(r"\.(best|max|last)$", "", name)  # W&B writes so where a run defined what its summary is
    split, _, rest = name.partition("/")
    if split in ("val", "test") and rest:
        return f"{split}/{_known(words_of(rest)) or rest}"
    words = words_of(name).split("_")
    for place in (0, -1):
        if words[place] in _SPLITS:
            metric = _known("_".join(words[1:] if place == 0 else words[:-1]))
            return f"{_SPLITS[words[place]]}/{metric}" if metric else None
    metric = _known("_".join(words))
    return f"val/{metric}" if metric and metric != "loss" else None


def _known(words: str) -> str | None:
    return next((ours for ours, names in METRICS.items() if words in names), None)


def setting_of(ours: str, names: Sequence[str], table: dict[str, tuple[str, ...]]) -> str | None:
    """Return the surest of the names that stands for a setting of ours."""
    by_words = {words_of(name): name for name in reversed(names)}
    return next((by_words[words] for words in (words_of(ours), *table[ours]) if words in by_words), None)


def tells_runs_apart(name: str) -> bool:
    """Tell whether a setting of another tool may be something that was tried."""
    return not name.startswith("_") and not _OF_THE_MACHINE.fullmatch(words_of(name))
