"""Tells Hydra the schema: one node per dataclass, in the group `schema`, which the files in conf/ build upon."""

from pathlib import Path


def conf_dir() -> Path:
    """Return the folder of the config tree: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"
