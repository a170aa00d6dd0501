"""Composes the config tree as the command line does, for tests that need a part of it."""

from functools import cache
from typing import cast

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import DictConfig, OmegaConf

from segsweep.compose import register_schema
from segsweep.config.options import conf_dir, register_open_options
from segsweep.schema import Config


def compose(*overrides: str) -> Config:
    """Return the typed config that these words on the command line give."""
    return cast(Config, OmegaConf.to_object(_composed(overrides)))


@cache  # 0.1 s, and grids of runs compose the same few words again and again
def _composed(overrides: tuple[str, ...]) -> DictConfig:
    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir())):
        return hydra_compose("config", list(overrides))


@cache
def register() -> None:
    """Tell Hydra the schema and the source of timm's names, once."""
    register_schema()
    register_open_options()
