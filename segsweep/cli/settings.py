"""Every setting of a run: its type, what it accepts, its default and its sentence, from the declarations and conf/."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import MISSING, DictConfig, OmegaConf

from segsweep.config.declare import sentences
from segsweep.config.options import conf_dir, options_of
from segsweep.core.errors import ConfigError, near_hint, nearest
from segsweep.core.text import markdown_table
from segsweep.schema import Config

OWN_KEYS_BY_OPTION = ("model", "scheduler", "data")
"""Groups in which each option has settings of its own."""
_TITLES = ("setting", "type", "accepts", "default", "what it is")


@dataclass(frozen=True)
class Setting:
    """A key of the config, as people read it."""

    key: str
    """Its full name, as it is typed."""
    kind: str
    """Its type, such as `float or null`."""
    accepts: str
    """Range or choices; empty where the type says all."""
    default: str
    """Its value where nothing is typed; `required` where it has none."""
    sentence: str


@dataclass(frozen=True)
class Section:
    """The settings of a group, or of one of its options."""

    title: str
    """What chooses them, such as `model=unet`."""
    sentence: str
    options: tuple[str, ...]
    """All options of the group, where they have the same settings with other values."""
    settings: tuple[Setting, ...]


def describe_settings(group: str | None = None) -> str:
    """Return what `python -m segsweep.inspect settings [GROUP]` prints."""
    return "\n\n".join(_section_text(section) for section in read_settings(group))


def settings_markdown(group: str | None = None) -> str:
    """Return the same as headings and tables of Markdown."""
    return "\n\n".join(_section_markdown(section) for section in read_settings(group))


def read_settings(group: str | None = None) -> tuple[Section, ...]:
    """Return the settings of a group, or of all groups in the order of the schema.

    Raises:
        ConfigError: If there is no such group.
    """
    names = [entry.name for entry in fields(Config)]
    if group is not None and group not in names:
        raise ConfigError(
            f"There is no group of settings named {group}.{near_hint(nearest(group, names))} All: {', '.join(names)}"
        )
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir())):
        default = compose("config", return_hydra_config=True)
        chosen = [group] if group else names
        groups = [name for name in chosen if isinstance(default._get_node(name), DictConfig)]
        sections = [section for name in groups for section in _sections(name, default)]
    alone = tuple(_setting(Config, name, name, default) for name in chosen if name not in groups)
    return (*sections, Section("without a group", "", (), alone)) if alone else tuple(sections)


def _sections(group: str, default: DictConfig) -> Iterator[Section]:
    options = tuple(options_of(group))
    if group in OWN_KEYS_BY_OPTION:
        for option in options:
            yield _section(f"{group}={option}", compose(f"{group}/{option}")[group])
        return
    option = default.hydra.runtime.choices.get(group)
    has_choice = option and len(options) > 1
    yield _section(f"{group}={option}" if has_choice else group, default[group], options if has_choice else ())


def _section(title: str, node: DictConfig, options: tuple[str, ...] = ()) -> Section:
    sentence = (inspect.getdoc(OmegaConf.get_type(node)) or "").partition("\n\n")[0].replace("\n", " ")
    return Section(title, sentence, options, tuple(_settings(node, f"{title.partition('=')[0]}.")))


def _settings(node: DictConfig, prefix: str) -> Iterator[Setting]:
    declared = OmegaConf.get_type(node)
    assert is_dataclass(declared)
    for entry in fields(declared):
        child = node._get_node(entry.name)
        if isinstance(child, DictConfig) and is_dataclass(OmegaConf.get_type(child)):
            yield from _settings(child, f"{prefix}{entry.name}.")
        else:
            yield _setting(declared, entry.name, f"{prefix}{entry.name}", node)


def _setting(declared: type, name: str, key: str, node: DictConfig) -> Setting:
    (entry,) = (entry for entry in fields(declared) if entry.name == name)
    hint = get_type_hints(declared)[name]
    words = entry.metadata.get("choices") or _literals(hint)
    accepts = ", ".join(map(_value_text, words)) if words else str(entry.metadata.get("range", ""))
    kind = _type_name(hint, or_auto=entry.metadata.get("or_auto", False))
    value = OmegaConf.to_container(OmegaConf.masked_copy(node, [name]), resolve=False)
    assert isinstance(value, dict)
    return Setting(key, kind, accepts, _value_text(value[name]), sentences(declared)[name])


def _literals(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return next((found for part in get_args(hint) if (found := _literals(part))), ())


def _type_name(hint: Any, *, or_auto: bool = False) -> str:
    if get_origin(hint) in (Union, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        names = ["auto" if or_auto and part is str else _type_name(part) for part in parts]
        return " or ".join([*names, *(["null"] if NoneType in get_args(hint) else [])])
    if get_origin(hint) is list:
        return f"list of {_type_name(*get_args(hint))}"
    plain: Any = get_origin(hint) or hint
    return {dict: "mapping", Any: "any", str: "text", Literal: "word"}.get(plain) or str(plain.__name__)


def _value_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return "required" if text == MISSING else text


def _section_text(section: Section) -> str:
    lines = [f"{section.title}   {section.sentence}".rstrip()]
    if section.options:
        lines.append(f"  options: {', '.join(section.options)}")
    for row in section.settings:
        accepts = f": {row.accepts}" if row.accepts else ""
        lines += [f"  {row.key}={row.default}   {row.kind}{accepts}", f"      {row.sentence}"]
    return "\n".join(lines)


def _section_markdown(section: Section) -> str:
    rows = [(f"`{row.key}`", row.kind, row.accepts, f"`{row.default}`", row.sentence) for row in section.settings]
    options = f"Options: {', '.join(f'`{option}`' for option in section.options)}." if section.options else ""
    parts = (f"## {section.title}", section.sentence, options, markdown_table([_TITLES, *rows]))
    return "\n\n".join(part for part in parts if part)
