"""Settings by their dotted keys: optimizer.lr instead of a mapping within a mapping."""

import json
import sys
from collections.abc import Mapping
from typing import Any

MISSING = object()
"""Stands for a setting that a config does not have, such as a decoder's option of another architecture."""


def flatten(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return dotted key to value; a list becomes JSON, so that every value can be compared and hashed."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, Mapping) and value:
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[sys.intern(f"{prefix}{key}")] = (
                json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value
            )
    return flat


def value_at(content: Mapping[str, Any], key: str) -> Any:
    """Return the value, or the mapping, at a dotted key; `MISSING` where there is none."""
    node: Any = content
    for part in key.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return MISSING
        node = node[part]
    return node


def put_at(content: dict[str, Any], key: str, value: Any) -> None:
    """Put a value at a dotted key; a mapping that is there stays."""
    *groups, last = key.split(".")
    node = content
    for group in groups:
        if not isinstance(node.get(group), dict):
            node[group] = {}
        node = node[group]
    if not isinstance(node.get(last), dict):
        node[last] = value


def as_typed(value: Any) -> str:
    """Write a setting as one types it; `-` for `MISSING`."""
    if value is MISSING:
        return "-"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
