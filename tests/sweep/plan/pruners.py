"""The pruner presets, as a sweep's run sees them."""

from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from segsweep.cli.resolvers import register_resolvers
from segsweep.config.options import conf_dir
from tests.compose import register

PRUNERS = sorted(file.stem for file in (conf_dir() / "hydra" / "sweeper" / "pruner").glob("*.yaml"))


def pruner_settings(name: str, *overrides: str) -> dict[str, Any]:
    register()
    register_resolvers()
    GlobalHydra.instance().clear()
    words = ["hydra/sweeper=queue", f"hydra/sweeper/pruner={name}", *overrides]
    with initialize_config_dir(str(conf_dir())):
        config = hydra_compose("config", words, return_hydra_config=True)
    settings: Any = OmegaConf.to_container(config.hydra.sweeper.pruner, resolve=True)
    return dict(settings)
