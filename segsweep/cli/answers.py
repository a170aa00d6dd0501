"""What Hydra and OmegaConf raise, said in our words: what was found, what is accepted, what to type."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException, ValidationError
from yaml import YAMLError

from segsweep.config import errors as command
from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError, SegsweepError


def answer(error: BaseException) -> SegsweepError | None:
    """Return the sentence for a mistake on the command line; None for anything else, which is then ours to mend."""
    for cause in _chain(error):
        if isinstance(cause, SegsweepError):
            return cause
    for cause in _chain(error):
        found = _translated(cause)
        if found is not None:
            return found
    is_bug_in_resolver = " raised while resolving interpolation" in str(error)
    if isinstance(error, HydraException | OmegaConfBaseException) and not is_bug_in_resolver:
        return ConfigError(str(error))
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _translated(error: BaseException) -> SegsweepError | None:
    if isinstance(error, MissingConfigException) and error.missing_cfg_file:
        return _missing_option(error)
    if isinstance(error, OverrideParseException):
        return command.not_an_override(error.override)
    if isinstance(error, YAMLError):
        return command.not_yaml(str(error))
    if isinstance(error, MissingMandatoryValue):
        return command.value_missing(_full_key(error))
    if isinstance(error, ConfigCompositionException):
        return _composition(error)
    if isinstance(error, ValueError) and "Config group override must be a string or a list" in str(error):
        return _number_as_option()
    return None


def _missing_option(error: MissingConfigException) -> SegsweepError:
    group, _, option = str(error.missing_cfg_file).removesuffix(".yaml").rpartition("/")
    if group == "hydra/launcher" and option in command.PLUGINS:
        return command.plugin_missing(option)
    return command.unknown_option(group, option, [str(name) for name in error.options or []])


def _number_as_option() -> SegsweepError | None:
    for word in sys.argv[1:]:
        group, _, value = word.partition("=")
        folder = conf_dir() / group
        if value.isdigit() and folder.is_dir():
            return command.number_as_option(group, value, sorted(file.stem for file in folder.glob("*.yaml")))
    return None


def _composition(error: ConfigCompositionException) -> SegsweepError | None:
    text = str(error)
    if ambiguous := re.search(r"Ambiguous value for argument '(.+)'", text):
        return command.several_values(ambiguous[1])
    if missing := re.search(r"[Yy]ou must specify '([^']+)'", text):
        return command.value_missing(missing[1])
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        key = _full_key(cause)
        problem = str(cause).splitlines()[0].rstrip(".")
        return command.wrong_value(key, _given(key, text), problem[:1].lower() + problem[1:])
    if isinstance(cause, OmegaConfBaseException) and "Could not override" in text:
        key = _full_key(cause)
        return command.unknown_key(key, _known_keys(cause), _override_of(key))
    return None


def _full_key(error: OmegaConfBaseException) -> str:
    return str(error.full_key or error.key or "")


def _override_of(key: str) -> str:
    """Return the argument that sets a key, as it was typed."""
    return next((word for word in sys.argv[1:] if word.lstrip("+~").startswith(key)), key)


def _given(key: str, text: str) -> str:
    typed = re.search(rf"{re.escape(key)}=(\S*)", text) or re.search(rf"{re.escape(key)}=(\S*)", " ".join(sys.argv))
    return typed[1] if typed else "..."


def _known_keys(error: OmegaConfBaseException) -> list[str]:
    """Return the dotted keys of the config that a key was sought in."""
    node: Any = error.parent_node
    while node is not None and node._get_parent() is not None:
        node = node._get_parent()
    return list(_dotted(node)) if isinstance(node, DictConfig) else []


def _dotted(node: DictConfig, prefix: str = "") -> Iterator[str]:
    for key in node:
        if prefix == "" and key == "hydra":
            continue
        name = f"{prefix}{key!s}"
        yield name
        child = node._get_node(key)
        if isinstance(child, DictConfig) and not child._is_missing() and not child._is_none():
            yield from _dotted(child, f"{name}.")
