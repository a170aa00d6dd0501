"""Keys that have another name than in an earlier version: what was typed or recorded then goes on working.

A run keeps its name: it is hashed with the first name of each key.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

RENAMED: Mapping[str, str] = {"data.ignore_colour": "data.ignore_color"}
"""First name of a key, and the name it has now."""


def with_new_words(words: Sequence[str]) -> list[str]:
    """Return a command line with the new names of its keys; a warning names each that was old."""
    return [with_new_word(word) for word in words]


def with_new_word(word: str, where: str = "") -> str:
    """Return a text that may name keys, such as `seed=1 data.ignore_colour=[0,0,0]`, with their new names.

    Args:
        word: The text.
        where: The file that it stands in, for the warning.
    """
    for old, new in RENAMED.items():
        key = rf"(?<![\w.]){re.escape(old)}(?![\w.])"
        if re.search(key, word):
            warn(old, where)
            word = re.sub(key, new, word)
    return word


@cache
def warn(old: str, where: str) -> None:
    """Say once that a key has another name."""
    place = f" ({where})" if where else ""
    new = RENAMED[old]
    print(f"{old}{place} is now named {new}. The old name goes for this version only; write {new}.", file=sys.stderr)


def with_new_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config, such as a record of an earlier version holds it, with the names that its keys have now."""
    return _with_names(config, RENAMED)


def with_first_names(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a config with the names that its keys had at first, by which runs are named."""
    return _with_names(config, {new: old for old, new in RENAMED.items()})


def _with_names(config: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    changed = dict(config)
    for old, new in names.items():
        group, _, key = old.rpartition(".")
        content = changed.get(group)
        if isinstance(content, Mapping) and key in content:
            changed[group] = {(new.rpartition(".")[2] if name == key else name): content[name] for name in content}
    return changed
