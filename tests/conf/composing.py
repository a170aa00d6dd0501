"""Composes the conf tree as an entry point does, and returns one group as its dataclass."""

from functools import cache
from typing import Any

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from segsweep.compose import register_schema
from segsweep.config.options import conf_dir


def option_files(group: str) -> list[str]:
    return sorted(path.stem for path in (conf_dir() / group).glob("*.yaml"))


def first_line(group: str, name: str) -> str:
    return (conf_dir() / group / f"{name}.yaml").read_text().splitlines()[0]


@cache
def compose_group(group: str, *overrides: str) -> Any:
    register_schema()
    with initialize_config_dir(str(conf_dir())):
        return OmegaConf.to_object(compose("config", overrides=list(overrides))[group])
