"""From plain containers, as a record or a file holds them, back to the typed config."""

from collections.abc import Mapping
from typing import Any, cast

from omegaconf import OmegaConf

from segsweep.config.data import READERS
from segsweep.config.models import MODELS
from segsweep.config.schedulers import SCHEDULERS
from segsweep.config.schema import Config


def from_plain(content: Mapping[str, Any]) -> Config:
    """Return the typed config of a resolved config in plain containers, such as `RunRecord.config`.

    Raises:
        omegaconf.errors.OmegaConfBaseException: If a key or a type does not fit the schema.
    """
    tree = OmegaConf.structured(Config)
    tree.model = OmegaConf.structured(MODELS[content["model"]["arch"]])
    tree.scheduler = OmegaConf.structured(SCHEDULERS[content["scheduler"]["name"]])
    tree.data = OmegaConf.structured(READERS[content["data"]["reader"]])
    return cast(Config, OmegaConf.to_object(OmegaConf.merge(tree, dict(content))))
