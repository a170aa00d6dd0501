"""A Hydra config source that answers `encoder=tu-NAME` for any feature model of timm, without a file for each."""

import builtins

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigLoadError, ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf

GROUP = "encoder"
PREFIX = "tu-"
URL = "timm://"


class TimmSource(ConfigSource):
    """The option `tu-NAME` of the group `encoder`; whether timm knows NAME is asked later, where timm is imported."""

    @staticmethod
    def scheme() -> str:
        """Return the start of this source's address in the search path."""
        return URL.removesuffix("://")

    def available(self) -> bool:
        """Say that the source can be read: it has no files."""
        return True

    def is_group(self, config_path: str) -> bool:
        """Say whether the path is the group `encoder`."""
        return config_path.strip("/") in ("", GROUP)

    def is_config(self, config_path: str) -> bool:
        """Say whether the path is `encoder/tu-NAME`."""
        group, _, option = config_path.strip("/").rpartition("/")
        return group == GROUP and option.startswith(PREFIX) and option != PREFIX

    def list(self, config_path: str, results_filter: ObjectType | None) -> builtins.list[str]:  # noqa: ARG002
        """List nothing: there are too many names to show in a help text or a completion."""
        return []

    def load_config(self, config_path: str) -> ConfigResult:
        """Return the name and the weights, as the files of the group hold them."""
        if not self.is_config(config_path):
            raise ConfigLoadError(f"Config not found: {config_path}")
        name = config_path.strip("/").rpartition("/")[2].removesuffix(".yaml")
        content = OmegaConf.create({"name": name, "weights": "${data.pretrained}"})
        return ConfigResult(provider=self.provider, path=self.full_path(), config=content, header={"package": None})


class TimmSearchPath(SearchPathPlugin):
    """Asks `TimmSource` last, so that a file in conf/encoder comes first."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the source once."""
        if all(element.path != URL for element in search_path.get_path()):
            search_path.append(provider="segsweep", path=URL)


def register_timm_source() -> None:
    """Tell Hydra about `encoder=tu-NAME`; a second call changes nothing."""
    Plugins.instance().register(TimmSource)
    Plugins.instance().register(TimmSearchPath)
