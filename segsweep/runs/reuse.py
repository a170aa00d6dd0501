"""Which folder a run works in, and whether the run that lies there may stand for the one that was asked for."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from segsweep.config.dotted import flatten
from segsweep.config.identity import LOCATIONS, deciding_settings, first_name, identity_digest, run_name
from segsweep.config.plugins import KEY as PLUGINS
from segsweep.config.renamed import with_new_names
from segsweep.core.errors import RunError
from segsweep.core.files import finite, write_json
from segsweep.core.text import plural
from segsweep.data.content import DataState
from segsweep.runs.errors import content_changed, data_changed, name_taken
from segsweep.runs.record import read_record
from segsweep.runs.versions import Inputs, changed_versions, inputs_now
from segsweep.schema import Config

_STARTED_FILE = "started.json"


def attempt_folder(config: Mapping[str, Any], *, again: Callable[[Path], bool] = lambda _: False) -> Path:
    """Return the folder that a command works in: the newest one of its run, or the next beside it to train again.

    The first is `<name>`, the next are `<name>.2`, `<name>.3`, ... A folder that has its name from version 0.1 counts
    if it holds this run: of two runs that shared a name then, the other one has a folder of its own now.

    Args:
        config: The whole resolved config, as plain containers.
        again: Whether to train again beside a folder that is there.
    Raises:
        RunError: If the folder holds another run, of the same name by chance.
    """
    runs, name = Path(config["paths"]["runs"]).expanduser(), run_name(config)
    attempts = _attempts(runs, name)
    newest = attempts[-1]
    if newest.exists():
        if not _holds(newest, config):
            raise name_taken(newest)
        return runs / f"{name}.{len(attempts) + 1}" if again(newest) else newest
    old = [folder for folder in _attempts(runs, first_name(name)) if folder.exists() and _holds(folder, config)]
    return old[-1] if old and not again(old[-1]) else runs / name


def _attempts(runs: Path, name: str) -> list[Path]:
    later = (runs / f"{name}.{number}" for number in itertools.count(2))
    return [runs / name, *itertools.takewhile(Path.exists, later)]


def _holds(folder: Path, config: Mapping[str, Any]) -> bool:
    """Tell whether a folder of a config's name holds its run: by the whole hash, else by the settings of both."""
    if started := read_started(folder).identity:
        return started == identity_digest(config)
    record = read_record(folder)
    found = _settings(_hydra_config(folder) if record is None else record.config)
    wanted = _settings(config)
    return all(wanted[key] == value for key, value in found.items() if key in wanted and "${" not in str(value))


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the flat settings that decide a result, without those that count by what they lead to."""
    try:
        settings = flatten(finite(deciding_settings(config)))
    except (TypeError, KeyError, AttributeError):  # of a file that was changed by hand
        return {}
    return {key: value for key, value in settings.items() if key not in (*LOCATIONS, PLUGINS)}


def _hydra_config(folder: Path) -> dict[str, Any]:
    """Return the config that Hydra noted when a run began that has no record; values may be references."""
    import yaml  # few runs have no record

    try:
        content = yaml.safe_load((folder / ".hydra" / "config.yaml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return {}
    return with_new_names(content) if isinstance(content, dict) else {}


@dataclass(frozen=True)
class Started:
    """What a run noted when it began, the content of `started.json`; None where an older version did not note it."""

    data_listing: str | None = None
    """Hash of the names and sizes of the data's files."""
    data_content: str | None = None
    """Hash of their names and content."""
    identity: str | None = None
    """The whole hash that the run's name begins."""


def read_started(folder: Path) -> Started:
    """Read what a run noted when it began; what cannot be read is not known."""
    try:
        content = json.loads((folder / _STARTED_FILE).read_text(encoding="utf-8"))
        return Started(**{entry.name: content.get(entry.name) for entry in fields(Started)})
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError):
        return Started()


def note_start(folder: Path, config: Mapping[str, Any], data: DataState) -> None:
    """Note what a run begins with, before its first step; what was noted at an earlier start stays."""
    now = Started(data.listing, data.content, identity_digest(config))
    before = read_started(folder)
    both = replace(now, **{key: value for key, value in asdict(before).items() if value is not None})
    if both != before:
        write_json(folder / _STARTED_FILE, {key: value for key, value in asdict(both).items() if value is not None})


@dataclass(frozen=True)
class Changes:
    """What is not as it was when the run in a folder was trained."""

    data: RunError | None = None
    """Why the run cannot stand for one on the data of today; None where it can."""
    versions: tuple[str, ...] = ()
    """What differs besides: versions, code, the weights' file."""

    def __bool__(self) -> bool:
        return self.data is not None or bool(self.versions)


def changes_since(folder: Path, now: Inputs) -> Changes:
    """Return what has changed since the run in a folder was trained; what is not known has not."""
    record = read_record(folder)
    return Changes(_other_data(folder, now.data), () if record is None else tuple(changed_versions(record, now)))


def folder_for(config: Config, content: Mapping[str, Any], inputs: Callable[[Config], Inputs] = inputs_now) -> Path:
    """Return the folder that a command works in, beside what is there where `rerun` says so.

    Args:
        config: The whole config.
        content: The same in plain containers.
        inputs: Tells what a run would be computed from now.
    """
    if config.rerun == "changed":
        return attempt_folder(content, again=lambda folder: bool(changes_since(folder, inputs(config))))
    return attempt_folder(content, again=lambda _: bool(config.rerun))


def describe_changes(runs: Sequence[Changes], *, one: bool = False) -> str | None:
    """Say in a line what differs for runs that are taken as they are; None where nothing does.

    Args:
        runs: What has changed since each was trained.
        one: Whether a single run was asked for.
    """
    found = Counter(text for changes in runs for text in changes.versions)
    if not found:
        return None
    times = [text if one else f"{text} in {plural(num, 'run')}" for text, num in found.items()]
    subject = "This run was" if one else "Runs that are there already were"
    return f"{subject} trained with another state of: {', '.join(times)}. To train again beside: rerun=changed"


def require_same_data(folder: Path, data: DataState) -> None:
    """Refuse to take a run for one on other files, or to go on with it.

    Args:
        folder: The run's folder.
        data: The files as they are now.
    Raises:
        RunError: If the run was started on other files.
    """
    if (error := _other_data(folder, data)) is not None:
        raise error


def _other_data(folder: Path, data: DataState) -> RunError | None:
    started = read_started(folder)
    if _differ(started.data_listing, data.listing):
        return data_changed(folder)
    return content_changed(folder) if _differ(started.data_content, data.content) else None


def _differ(then: str | None, now: str | None) -> bool:
    """Tell whether two hashes differ; one that is not known differs from none."""
    return then is not None and now is not None and then != now
