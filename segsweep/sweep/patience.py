"""Waits for a storage that does not answer for a while: a server that restarts, a full disk, a network that is gone."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from segsweep.errors.sweeps import storage_unreachable

PATIENCE_S = 600.0
_PAUSE_S = 2.0
_SAY_EVERY_S = 60.0

log = logging.getLogger("segsweep")
T = TypeVar("T")


def patiently(action: Callable[[], T], what: str, *, patience_s: float = PATIENCE_S, pause_s: float = _PAUSE_S) -> T:
    """Return what an action returns, trying again while its storage does not answer.

    Args:
        action: Reads or writes the storage; may be tried several times.
        what: What is waited for, in words.
        patience_s: Seconds after which waiting ends.
        pause_s: Seconds between two tries.
    Raises:
        SweepError: If it still does not answer then.
    """
    began, said = time.monotonic(), -_SAY_EVERY_S
    while True:
        try:
            return action()
        except Exception as error:
            if not is_unreachable(error):
                raise
            waited = time.monotonic() - began
            if waited > patience_s:
                raise storage_unreachable(what, error, waited) from error
            if waited - said >= _SAY_EVERY_S:
                cause = error.__cause__ or error  # Optuna itself says no more than that a commit failed
                log.warning("%s does not answer (%s); waiting for it", what, str(cause).splitlines()[0])
                said = waited
            time.sleep(pause_s)


def is_unreachable(error: Exception) -> bool:
    """Tell whether an error says that the storage is away for now, rather than that something is wrong."""
    if isinstance(error, OSError):
        return True
    from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

    link: BaseException | None = error
    while link is not None:  # a server that goes away in the middle of a transaction stands three errors deep
        if isinstance(link, OperationalError | InterfaceError | InternalError):
            return True
        link = link.__cause__ or link.__context__
    return False
