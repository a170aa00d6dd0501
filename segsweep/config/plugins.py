"""A user's own code: modules named in `plugins=[...]`, which add rows to the tables of the package when imported.

They are part of what a run is: their names and the content of their files go into its identity.
"""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import yaml

from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError, SegsweepError
from segsweep.core.text import first_line

KEY = "plugins"
_GROUPS_WITH_PLUGINS = ("experiment", "sweep")


def load_plugins(modules: Iterable[str]) -> None:
    """Import plugins; a second time changes nothing.

    Raises:
        ConfigError: If one is not there, fails to import, or adds a name that is taken.
    """
    modules = list(modules)
    here = str(Path.cwd())
    if modules and not {"", here} & set(sys.path):
        sys.path.insert(0, here)  # as `python -m` has it; console scripts and workers do not
        known = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = f"{here}{os.pathsep}{known}" if known else here  # jobs of SLURM, ranks of torchrun
    for name in modules:
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name):
            raise ConfigError(f"plugins holds {name!r}, which is no name of a module. Type plugins=[my_lab.networks]")
        try:
            import_module(name)
        except SegsweepError as mistake:
            raise ConfigError(f"The plugin {name} cannot be used: {mistake}") from mistake
        except Exception as error:
            absent = error.name if isinstance(error, ModuleNotFoundError) else None
            if absent and (name == absent or name.startswith(f"{absent}.")):
                raise _not_found(name) from error
            raise ConfigError(
                f"plugins names {name}, which fails to import: {type(error).__name__}: {first_line(error)}. "
                f"Try it alone: python -c 'import {name}'"
            ) from error


def named_plugins(words: Sequence[str]) -> list[str]:
    """Return the plugins that a command line names, itself or by its experiment or sweep, before it is composed.

    They must be imported before: what they add, such as a model's settings, takes part in composing.
    """
    for word in reversed(words):
        if match := re.fullmatch(rf"\+?{KEY}=(.*)", word):
            return _listed(match[1])
    for group in _GROUPS_WITH_PLUGINS:
        for word in words:
            if match := re.fullmatch(rf"\+?{group}=([\w.-]+)", word):
                return _in_file(conf_dir() / group / f"{match[1]}.yaml")
    return []


def is_plugin_word(word: str) -> bool:
    """Tell whether a word of a command line names plugins."""
    return re.match(rf"\+?{KEY}=", word) is not None


@cache
def plugin_digest(name: str) -> str:
    """Return a hash of the Python files of a plugin: of one module, or of all in a package."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise _not_found(name)
    origin = Path(spec.origin)
    files = sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(origin.parent)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def require_loaded(modules: Sequence[str]) -> None:
    """Refuse plugins that came too late to take part in composing.

    Raises:
        ConfigError: With the place to name them.
    """
    if late := [name for name in modules if name not in sys.modules]:
        raise ConfigError(
            f"plugins={late} was set in a config file that is read after plugins are imported. Type "
            f"'plugins=[{','.join(late)}]' on the command line, or set it in the file of experiment= or sweep="
        )


def _not_found(name: str) -> ConfigError:
    return ConfigError(
        f"plugins names {name}, and Python finds no such module: neither installed nor in {Path.cwd()}. "
        "Install its package (pip install -e PATH), or set PYTHONPATH to the folder that holds it"
    )


def _listed(value: str) -> list[str]:
    """Read `[a,b]`, or a single name."""
    return [name.strip().strip("'\"") for name in value.strip().strip("[]").split(",") if name.strip()]


def _in_file(file: Path) -> list[str]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return []  # Hydra will say what is wrong with it
    found = content.get(KEY) if isinstance(content, dict) else None
    return [str(name) for name in found or []]
