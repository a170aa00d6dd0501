"""Waits for a storage that does not answer for a while: a server that restarts, a full disk, a network that is gone."""

import logging
import re
from collections.abc import Callable
from typing import TypeVar

from segsweep.core.errors import SweepError
from segsweep.core.retry import FIRST_PAUSE_S, PATIENCE_S, wait_out
from segsweep.core.text import first_line

log = logging.getLogger("segsweep")
T = TypeVar("T")
STORAGE = "The sweep's storage"
"""What is waited for, in words."""


def patiently(
    action: Callable[[], T], what: str, *, patience_s: float = PATIENCE_S, pause_s: float = FIRST_PAUSE_S
) -> T:
    """Return what an action returns, trying again while its storage does not answer.

    Args:
        action: Reads or writes the storage; may be tried several times.
        what: What is waited for, in words.
        patience_s: Seconds after which waiting ends.
        pause_s: Seconds between the first two tries.
    Raises:
        SweepError: If it still does not answer then.
    """

    def say(error: Exception, _waited_s: float) -> None:
        cause = error.__cause__ or error  # Optuna itself says no more than that a commit failed
        log.warning("%s does not answer (%s); waiting for it", what, first_line(cause))

    return wait_out(
        action,
        passes=is_unreachable,
        say=say,
        give_up=lambda error, waited_s: storage_unreachable(what, error, waited_s),
        patience_s=patience_s,
        first_pause_s=pause_s,
    )


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


def without_password(url: str) -> str:
    """Hide the password of a URL."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def storage_unreachable(what: str, error: Exception, waited_s: float) -> SweepError:
    """Nothing answers."""
    return SweepError(
        f"{what} has not answered for {waited_s / 60:.0f} min ({without_password(first_line(error))}). "
        "Finished runs are safe in their folders; the same command goes on from them."
    )
