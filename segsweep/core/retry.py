"""Waits for what goes away for a while: a full disk, a server that restarts."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 600.0
"""How long something that is away is waited for."""
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
_SAY_EVERY_S = 60.0

T = TypeVar("T")


def wait_out(
    action: Callable[[], T],
    *,
    passes: Callable[[Exception], bool],
    say: Callable[[Exception, float], None],
    give_up: Callable[[Exception, float], Exception],
    patience_s: float = PATIENCE_S,
    first_pause_s: float = FIRST_PAUSE_S,
) -> T:
    """Return what an action returns, trying again while it fails for a reason that passes.

    Args:
        action: May be tried several times; a failed try leaves nothing behind.
        passes: Whether an error may end by itself; any other comes at once.
        say: Tells the user, at once and every minute, of an error and of the seconds that were waited.
        give_up: Makes the error that ends waiting.
        patience_s: Seconds after which waiting ends.
        first_pause_s: Seconds between the first two tries; they double up to `LONGEST_PAUSE_S`.
    """
    began, said, pause_s = time.monotonic(), -_SAY_EVERY_S, first_pause_s
    while True:
        try:
            return action()
        except Exception as error:
            if not passes(error):
                raise
            waited_s = time.monotonic() - began
            if waited_s + pause_s > patience_s:
                raise give_up(error, waited_s) from error
            if waited_s - said >= _SAY_EVERY_S:
                say(error, waited_s)
                said = waited_s
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
