"""Where the options of groups come from: the files in conf/, and patterns for those too many for a file each.

A Hydra config source answers for `encoder=tu-NAME` and `resolution=HEIGHTxWIDTH` as if each had a file.
"""

import builtins
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.config_store import ConfigStore
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigLoadError, ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf

URL = "open://"


def conf_dir() -> Path:
    """Return the folder of the config tree: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "conf"
    return inside if inside.is_dir() else package.parent / "conf"


def options_of(group: str) -> list[str]:
    """Return the options of a group: those with a file in conf/, then those that plugins add."""
    files = {file.stem for file in (conf_dir() / group).glob("*.yaml")}
    stored = {name.removesuffix(".yaml") for name in ConfigStore.instance().repo.get(group, {})}
    return [*sorted(files), *sorted(stored - files)]


@dataclass(frozen=True)
class OpenOption:
    """The options of a group that follow a pattern, and what the file of such an option would hold."""

    pattern: str
    content: Callable[[str], dict[str, Any]]


def _size(option: str) -> dict[str, Any]:
    height, width = (int(number) for number in option.split("x"))
    return {"defaults": ["256x256", "_self_"], "height": height, "width": width}


OPEN_OPTIONS: dict[str, OpenOption] = {
    # Whether timm knows NAME is asked later, where timm is imported.
    "encoder": OpenOption(r"tu-.+", lambda option: {"name": option, "weights": "${data.pretrained}"}),
    "resolution": OpenOption(r"[1-9]\d*x[1-9]\d*", _size),
}


class OpenOptions(ConfigSource):
    """Answers for the options of `OPEN_OPTIONS` as if each had a file."""

    @staticmethod
    def scheme() -> str:
        """Return the start of this source's address in the search path."""
        return URL.removesuffix("://")

    def available(self) -> bool:
        """Say that the source can be read: it has no files."""
        return True

    def is_group(self, config_path: str) -> bool:
        """Say whether the path is one of the groups."""
        return config_path.strip("/") in ("", *OPEN_OPTIONS)

    def is_config(self, config_path: str) -> bool:
        """Say whether the path is an option that follows its group's pattern."""
        group, option = _split(config_path)
        return group in OPEN_OPTIONS and re.fullmatch(OPEN_OPTIONS[group].pattern, option) is not None

    def list(self, config_path: str, results_filter: ObjectType | None) -> builtins.list[str]:  # noqa: ARG002
        """List nothing: there are too many names to show in a help text or a completion."""
        return []

    def load_config(self, config_path: str) -> ConfigResult:
        """Return what a file of this option would hold."""
        if not self.is_config(config_path):
            raise ConfigLoadError(f"Config not found: {config_path}")
        group, option = _split(config_path)
        content = OmegaConf.create(OPEN_OPTIONS[group].content(option))
        return ConfigResult(provider=self.provider, path=self.full_path(), config=content, header={"package": None})


def _split(config_path: str) -> tuple[str, str]:
    group, _, option = config_path.strip("/").removesuffix(".yaml").rpartition("/")
    return group, option


class OpenOptionsPath(SearchPathPlugin):
    """Asks `OpenOptions` last, so that a file in conf/ comes first."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the source once."""
        if all(element.path != URL for element in search_path.get_path()):
            search_path.append(provider="segsweep", path=URL)


def register_open_options() -> None:
    """Tell Hydra about these options; a second call changes nothing."""
    Plugins.instance().register(OpenOptions)
    Plugins.instance().register(OpenOptionsPath)
