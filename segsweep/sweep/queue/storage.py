"""Where a study is kept, and how it is opened: a journal file beside the runs, SQLite, or a database server."""

import fcntl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from segsweep.core.errors import SweepError
from segsweep.core.retry import PATIENCE_S
from segsweep.sweep.queue.patience import STORAGE, patiently, without_password

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage

JOURNAL = "journal"
JOURNAL_FILE = "journal.log"
_DIRECTIONS: dict[str, Literal["maximize", "minimize"]] = {"max": "maximize", "min": "minimize"}


def open_study(setting: str, folder: Path, name: str, objectives: Mapping[str, str]) -> "Study":
    """Open the study of a sweep, and make it where there is none.

    Args:
        setting: `hydra.sweeper.storage`.
        folder: The sweep's folder.
        name: The study's name.
        objectives: Metric to max or min.
    """
    import optuna

    storage = open_storage(setting, folder)
    directions = [_DIRECTIONS[mode] for mode in objectives.values()]

    def opened() -> "Study":
        return optuna.create_study(study_name=name, storage=storage, directions=directions, load_if_exists=True)

    return patiently(opened, STORAGE)


def load_study(storage: "BaseStorage", name: str) -> "Study":
    """Load a study that exists."""
    import optuna

    return patiently(lambda: optuna.load_study(study_name=name, storage=storage), STORAGE)


def open_storage(setting: str, folder: Path, *, patience_s: float = PATIENCE_S) -> "BaseStorage":
    """Open the storage of studies, and make it where it is a file.

    Args:
        setting: `hydra.sweeper.storage`: journal, or a database URL such as sqlite:///FILE or postgresql+psycopg://...
        folder: The sweep's folder, in which the journal lies.
        patience_s: How long to wait for one that does not answer.
    Raises:
        SweepError: If the setting names no storage, or nothing answers there for a while.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if setting == JOURNAL:
        return patiently(lambda: _open_journal(folder / JOURNAL_FILE), "The sweep's journal", patience_s=patience_s)
    if "://" not in setting:
        raise storage_not_a_storage(setting)
    return patiently(lambda: _open_database(setting), STORAGE, patience_s=patience_s)


def _open_journal(file: Path) -> "BaseStorage":
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from optuna.storages.journal._file import BaseJournalFileLock

    class Lock(JournalLock, BaseJournalFileLock):
        """Ours, of the type that Optuna asks for."""

    file.parent.mkdir(parents=True, exist_ok=True)
    lock = Lock(file)
    lock.acquire()  # a line that was torn while nobody ran is cut off before it is read
    lock.release()
    return JournalStorage(JournalFileBackend(str(file), lock_obj=lock))


class JournalLock:
    """A lock that ends with its holder, and that cuts off the torn last line of one who was killed while writing.

    Optuna's own locks stay behind after a kill, for 30 s, and a torn line makes its journal unreadable for ever.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: Any = None

    def acquire(self) -> bool:
        """Wait for the lock."""
        handle = self._file.open("ab+")
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            cut_torn_line(handle)
        except OSError:
            handle.close()
            raise
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go of the lock."""
        self._handle.close()


def cut_torn_line(handle: Any) -> None:
    """Shorten an open file to its last whole line."""
    end = position = handle.seek(0, 2)
    while position > 0:
        step = min(4096, position)
        position -= step
        handle.seek(position)
        newline = handle.read(step).rfind(b"\n")
        if newline >= 0:
            position += newline + 1
            break
    if position < end:
        handle.truncate(position)
        handle.flush()


def _open_database(url: str) -> "BaseStorage":
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import ArgumentError, IntegrityError, NoSuchModuleError, ProgrammingError

    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        Path(url.removeprefix("sqlite:///")).expanduser().parent.mkdir(parents=True, exist_ok=True)
    # A connection that a restarted server forgot is tried before it is used.
    options: dict[str, Any] = {"connect_args": {"timeout": 60}} if is_sqlite else {"pool_pre_ping": True}
    try:
        storage = RDBStorage(url, engine_kwargs=options)
    except (ImportError, NoSuchModuleError) as error:
        raise storage_driver_missing(url, str(error)) from error
    except ArgumentError as error:
        raise storage_not_a_storage(url) from error
    except (IntegrityError, ProgrammingError) as error:
        if isinstance(error, IntegrityError) or "already exists" in str(error):
            raise BlockingIOError("another process is making its tables") from error  # to be tried again
        raise
    if is_sqlite:
        _begin_immediate(storage.engine)
    return storage


def _begin_immediate(engine: Any) -> None:
    """Make every transaction take SQLite's write lock at its start, since it ignores SELECT FOR UPDATE.

    Without it, 26 of 150 trials were claimed by two of 16 processes.
    """
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def _no_implicit_begin(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # connections from before the listeners


def storage_not_a_storage(setting: str) -> SweepError:
    """The setting is neither journal nor a URL."""
    return SweepError(
        f"hydra.sweeper.storage={without_password(setting)} is no storage. Choose journal (a file beside the runs), "
        "sqlite:///FILE, or postgresql+psycopg://USER@HOST/DATABASE"
    )


def storage_driver_missing(url: str, problem: str) -> SweepError:
    """The database's driver is not installed."""
    install = "pip install 'segsweep[postgresql]'" if url.startswith("postgresql") else "install its driver"
    return SweepError(f"hydra.sweeper.storage={without_password(url)} cannot be opened: {problem}. Try: {install}")
