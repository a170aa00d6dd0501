"""Which keys decide a run's result, and the name of the run that follows from them."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segsweep.config.dotted import value_at
from segsweep.config.plugins import KEY, plugin_digest
from segsweep.config.renamed import with_first_names

NO_ENCODER = "none"
"""Name of the encoder in the config of a network that has none; `compose` sets it, whatever was chosen."""

NOT_IDENTITY: tuple[str, ...] = ("hardware", "logger", "paths", "sweep", "rerun", "data.pretrained")
"""Keys that decide only speed and place. All others count: a forgotten one would make two experiments share a folder.

`data.pretrained` only feeds `encoder.weights`, which counts.
"""

ADDED: Mapping[str, Any] = {"data.group": None, "data.bit_depth": None, "trainer.ema_warmup": False}
"""Settings that later versions added, with the value that does what earlier ones did: with it a run keeps its name."""

IDLE: Mapping[str, str] = {"trainer.ema_warmup": "trainer.ema_decay"}
"""Settings that do nothing where another one is null."""

LOCATIONS: tuple[str, ...] = ("data.root", "encoder.weights")
"""Keys that may hold a path; one file or folder has one identity, however it is spelt."""


_DIGITS = 12
_FIRST_DIGITS = 8
"""Of the names of version 0.1; among 77,000 runs two then share one by chance as likely as not."""


def _without(config: Mapping[str, Any], dotted: str) -> dict[str, Any]:
    head, _, rest = dotted.partition(".")
    if head not in config:
        return dict(config)
    if not rest:
        return {key: value for key, value in config.items() if key != head}
    return {**config, head: _without(config[head], rest)}


def _with_real_path(config: Mapping[str, Any], dotted: str) -> dict[str, Any]:
    head, _, rest = dotted.partition(".")
    value = config.get(head)
    if rest and isinstance(value, Mapping):
        return {**config, head: _with_real_path(value, rest)}
    if isinstance(value, str) and Path(value).expanduser().exists():
        return {**config, head: str(Path(value).expanduser().resolve())}
    return dict(config)


def identity(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a resolved config that decides the result, with the content of its plugins as it is now."""
    kept = deciding_settings(config)
    for dotted in LOCATIONS:
        kept = _with_real_path(kept, dotted)
    if KEY in kept:
        kept[KEY] = [[name, plugin_digest(name)] for name in kept[KEY]]
    return kept


def deciding_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a resolved config that decides the result, with paths and plugins by name."""
    kept = dict(config)
    unchanged = [dotted for dotted, before in ADDED.items() if value_at(kept, dotted) == before]
    idle = [dotted for dotted, other in IDLE.items() if value_at(kept, other) is None]
    for dotted in (*NOT_IDENTITY, *unchanged, *idle):
        kept = _without(kept, dotted)
    return kept if kept.get(KEY) else _without(kept, KEY)


def identity_digest(config: Mapping[str, Any]) -> str:
    """Return a hash of a config's identity; equal for equal identities only.

    Args:
        config: The whole resolved config, as plain containers.
    """
    canonical = json.dumps(with_first_names(identity(config)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def run_name(config: Mapping[str, Any]) -> str:
    """Name a run `<arch>-<encoder>-<12 hex digits>`, without an encoder `<arch>-<12 hex digits>`.

    Args:
        config: The whole resolved config, as plain containers.
    """
    encoder = re.sub(r"[^\w.-]", "_", str(config["encoder"]["name"]))
    digits = identity_digest(config)[:_DIGITS]
    return "-".join([config["model"]["arch"], *([] if encoder == NO_ENCODER else [encoder]), digits])


def first_name(name: str) -> str:
    """Return the name that version 0.1 gave the run of a name; runs of two identities may share it."""
    return name[: _FIRST_DIGITS - _DIGITS]
