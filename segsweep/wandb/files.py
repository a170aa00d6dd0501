"""What a run on W&B holds besides curves: the files of its folder that a comparison reads, under the same names."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segsweep.core.files import write_atomic
from segsweep.runs.folder import HISTORY_FILE, PER_IMAGE_FILE, PER_IMAGE_VAL_FILE, RECORD_FILE, read_choices
from segsweep.runs.record import RunRecord

COMPARISON = "comparison"
"""Job type of a W&B run that is no training."""
CHOICES_FILE = "choices.json"
_COPIED = (PER_IMAGE_FILE, PER_IMAGE_VAL_FILE, HISTORY_FILE)
SENT_FILES = (RECORD_FILE, *_COPIED, CHOICES_FILE)
SPARSE: Mapping[str, Any] = {
    "x_disable_machine_info": True,
    "x_save_requirements": False,
    "disable_git": True,
    "label_disable": True,
    "host": "",
    "email": "",
    "username": "",
    "program": "",
}
"""Settings of W&B that keep host, user, command line, git, packages and load of the machine here."""
_NEEDED = ("device", "device_kind", "num_devices", "packages", "plugins")
"""Of the environment, what a comparison must know to be fair."""


def write_for_wandb(folder: Path, record: RunRecord, into: Path, *, machine_info: bool) -> list[str]:
    """Write the files that a run sends, for a folder whose files W&B takes.

    Without `machine_info` the record goes without commit, platform, and paths in the home folder.

    Returns:
        The names of what there is.
    """
    if not machine_info:
        environment = record.environment.only(*_NEEDED)
        config, reason = without_home(record.config), without_home(record.reason)
        record = replace(record, config=config, reason=reason, environment=environment)
    into.mkdir(parents=True, exist_ok=True)
    record.write(into)
    for name in _COPIED:
        if (folder / name).exists():
            shutil.copyfile(folder / name, into / name)
    if choices := read_choices(folder):
        write_atomic(into / CHOICES_FILE, json.dumps(choices))
    return [name for name in SENT_FILES if (into / name).exists()]


def without_home(value: Any) -> Any:
    """Write the home folder, and with it the user's name, as ~ in all strings."""
    if isinstance(value, dict):
        return {key: without_home(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_home(item) for item in value]
    if isinstance(value, str) and len(Path.home().parts) > 1:
        return value.replace(str(Path.home()), "~")
    return value
