"""What Hydra and OmegaConf raise, said in our words: what was found, what is accepted, what to type."""

import re
import sys
from collections.abc import Iterator
from typing import Any

from hydra.errors import ConfigCompositionException, HydraException, MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from omegaconf.errors import MissingMandatoryValue, OmegaConfBaseException, ValidationError
from yaml import YAMLError

from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError, SegsweepError, SweepError, near_hint, nearest

INSPECTABLE = {"encoder": "encoders", "model": "models", "loss": "losses", "optimizer": "optimizers"}
"""Groups that `python -m segsweep.inspect` explains, and the word it wants."""
KINDS = {"Float": "a number", "Integer": "a whole number", "Boolean": "true or false"}
"""OmegaConf's names of types, in words."""
PLUGINS = {
    "submitit_slurm": "pip install 'segsweep[slurm]'",
    "submitit_local": "pip install 'segsweep[slurm]'",
    "ray": "pip install 'segsweep[ray]'",
    "ray_aws": "pip install 'segsweep[ray]'",
    "joblib": "pip install --pre hydra-joblib-launcher",
}
"""Launchers that come with a plugin, and how to install it."""


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
        return ConfigError(
            f"{error.override!r} cannot be read: a setting is written key=value, a choice group=name.\n"
            "Quote a value that holds spaces, commas, brackets or an equals sign: 'key=\"a, b\"'"
        )
    if isinstance(error, YAMLError):
        return ConfigError(f"A config file cannot be read as YAML:\n{error}")
    if isinstance(error, MissingMandatoryValue):
        return _value_missing(_full_key(error))
    if isinstance(error, ConfigCompositionException):
        return _composition(error)
    if isinstance(error, ValueError) and "Config group override must be a string or a list" in str(error):
        return _number_as_option()
    return None


def _missing_option(error: MissingConfigException) -> SegsweepError:
    group, _, option = str(error.missing_cfg_file).removesuffix(".yaml").rpartition("/")
    if group == "hydra/launcher" and option in PLUGINS:
        return SweepError(f"hydra/launcher={option} comes with a plugin that is not installed. Try: {PLUGINS[option]}")
    return unknown_option(group, option, [str(name) for name in error.options or []])


def _number_as_option() -> SegsweepError | None:
    for word in sys.argv[1:]:
        group, _, value = word.partition("=")
        folder = conf_dir() / group
        if value.isdigit() and folder.is_dir():
            options = sorted(file.stem for file in folder.glob("*.yaml"))
            size = f"{value}x{value}" if group == "resolution" else next(iter(options), "NAME")
            meant = next((option for option in options if option.startswith(value)), size)
            return ConfigError(f"{group}={value} is a number, and a choice needs a name. Type {group}={meant}")
    return None


def _composition(error: ConfigCompositionException) -> SegsweepError | None:
    text = str(error)
    if ambiguous := re.search(r"Ambiguous value for argument '(.+)'", text):
        return ConfigError(
            f"{ambiguous[1]} names several values. To train one run for each, add -m: "
            f"python -m segsweep.train -m {ambiguous[1]}"
        )
    if missing := re.search(r"[Yy]ou must specify '([^']+)'", text):
        return _value_missing(missing[1])
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        key = _full_key(cause)
        problem = str(cause).splitlines()[0].rstrip(".")
        return _wrong_value(key, _given(key, text), problem[:1].lower() + problem[1:])
    if isinstance(cause, OmegaConfBaseException) and "Could not override" in text:
        key = _full_key(cause)
        return _unknown_key(key, _known_keys(cause), _override_of(key))
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


def unknown_option(group: str, option: str, options: list[str]) -> ConfigError:
    """A group has no file of that name."""
    text = f"{group}={option} does not exist.{near_hint(nearest(option, options))}"
    if len(options) <= 20:
        text += f" All: {', '.join(options)}."
    if group in INSPECTABLE:
        text += f" What exists: python -m segsweep.inspect {INSPECTABLE[group]}"
    if group == "encoder":
        text += "\nAny feature model of timm goes too, as encoder=tu-NAME."
    if group == "resolution":
        text += " Any size goes, as resolution=HEIGHTxWIDTH."
    if group == "optimizer":
        text += f"\nAny optimizer of timm goes too: optimizer=timm optimizer.name={option}"
    return ConfigError(text)


def _unknown_key(key: str, known: list[str], override: str) -> ConfigError:
    near = nearest(key, known)
    leaf = key.rsplit(".", 1)[-1]
    near += [name for name in known if name.rsplit(".", 1)[-1] == leaf and name not in near]
    group = key.rpartition(".")[0]
    siblings = [name.rpartition(".")[2] for name in known if name.rpartition(".")[0] == group] if group else []
    inside = f" {group} has: {', '.join(siblings)}." if siblings else ""
    return ConfigError(
        f"{key} is not a setting (in {override!r}).{near_hint(near[:3])}{inside} "
        "All settings: python -m segsweep.train --cfg job"
    )


def _wrong_value(key: str, value: str, problem: str) -> ConfigError:
    for kind, words in KINDS.items():
        if problem.endswith(f"could not be converted to {kind}"):
            return ConfigError(f"{key}={value} is not {words}. Type {key}=VALUE with {words}.")
    return ConfigError(f"{key}={value} does not fit: {problem}.")


def _value_missing(key: str) -> ConfigError:
    return ConfigError(f"{key} is not set and has no default. Type {key}=VALUE")
