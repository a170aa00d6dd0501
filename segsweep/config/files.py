"""Reads the files of the config tree, those of one's own included, that hold keys under their earlier names."""

from pathlib import PurePath
from typing import Any

from hydra._internal.core_plugins.file_config_source import FileConfigSource
from hydra._internal.sources_registry import SourcesRegistry
from hydra.core.plugins import Plugins
from hydra.plugins.config_source import ConfigResult
from omegaconf import OmegaConf

from segsweep.config.renamed import RENAMED, warn, with_new_names, with_new_word


# Hydra's plugins may add a source under a scheme of their own; `file://`, under which it reads conf/ and the folders of
# hydra.searchpath, belongs to this one, and no public call puts another in its place.
class ConfigFiles(FileConfigSource):
    """Hydra's source of files, which gives keys their new names."""

    def load_config(self, config_path: str) -> ConfigResult:
        """Read a file."""
        result = super().load_config(config_path)
        content = OmegaConf.to_container(result.config, resolve=False)
        package = result.header.get("package") or ".".join(PurePath(config_path).parts[:-1])
        renamed = _renamed(content, "" if package == "_global_" else package, config_path)
        if renamed != content:
            result.config = OmegaConf.create(renamed)
        return result


ConfigFiles.__name__ = FileConfigSource.__name__  # a worker of SLURM or Ray registers Hydra's own, and compares names


def _renamed(content: Any, package: str, file: str) -> Any:
    if not isinstance(content, dict):
        return content
    for old in RENAMED:
        group, _, key = old.rpartition(".")
        inside = content if package == group else content.get(group) if not package else None
        if isinstance(inside, dict) and key in inside:
            warn(old, file)
    whole = with_new_names({package: content})[package] if package else with_new_names(content)
    return _in_texts(whole, file)


def _in_texts(node: Any, file: str) -> Any:
    """Rename keys that are written out whole, such as those of hydra.sweeper.params and sweep.runs."""
    if isinstance(node, dict):
        return {_in_texts(key, file): _in_texts(value, file) for key, value in node.items()}
    if isinstance(node, list):
        return [_in_texts(item, file) for item in node]
    return with_new_word(node, file) if isinstance(node, str) else node


def register_config_files() -> None:
    """Let Hydra read files through `ConfigFiles`; a second call changes nothing."""
    Plugins.instance()  # registers Hydra's own sources first
    SourcesRegistry.instance().types["file"] = ConfigFiles  # `register` keeps the first of a scheme
