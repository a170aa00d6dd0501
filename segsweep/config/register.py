"""Tells Hydra the schema: one node per dataclass, in the group `schema`, which the files in conf/ build upon."""

from collections.abc import Mapping
from pathlib import Path

from hydra.core.config_store import ConfigStore

from segsweep.config.data import READERS
from segsweep.config.models import MODELS
from segsweep.config.schedulers import SCHEDULERS
from segsweep.config.schema import Config


def conf_dir() -> Path:
    """Return the folder of the config tree: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def register_schema() -> None:
    """Store the schema nodes; files in conf/ name them in their defaults as `/schema/GROUP/NAME@_here_`."""
    store = ConfigStore.instance()
    store.store(group="schema", name="config", node=Config, replace=True)
    groups: dict[str, Mapping[str, type]] = {"model": MODELS, "scheduler": SCHEDULERS, "data": READERS}
    for group, nodes in groups.items():
        for name, node in nodes.items():
            store.store(group=f"schema/{group}", name=name, node=node, replace=True)
