"""What a run on W&B holds besides curves: the files of its folder that a comparison reads, under the same names."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segsweep.core.files import write_atomic

_HYDRA_FILE = ".hydra/hydra.yaml"


def read_choices(folder: Path) -> dict[str, str]:
    """Return which file of each config group a run was started with; empty where nobody noted it."""
    import yaml  # only a few runs of a report are read

    try:
        text = (folder / _HYDRA_FILE).read_text(encoding="utf-8")
        content: Any = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        choices = content["hydra"]["runtime"]["choices"]
        return {str(group): str(choice) for group, choice in choices.items() if choice is not None}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError):
        return {}


def write_choices(folder: Path, choices: Mapping[str, str]) -> None:
    """Note in a run's folder which files were chosen, where `read_choices` finds it."""
    (folder / _HYDRA_FILE).parent.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / _HYDRA_FILE, json.dumps({"hydra": {"runtime": {"choices": dict(choices)}}}))
