"""Whether a server can be reached, asked in a way that never takes long."""

import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress

PROBE_TIMEOUT_S = 3.0


def answers(url: str, timeout_s: float = PROBE_TIMEOUT_S) -> bool:
    """Tell whether a server answers within a time, whatever it says; looking up its name counts too."""
    return true_in_time(lambda: _asked(url, timeout_s), timeout_s)


def true_in_time(question: Callable[[], bool], timeout_s: float) -> bool:
    """Tell whether a question to a server is answered with yes within a time; an error is a no.

    A name look-up obeys no timeout of a client, so it is waited for from outside.
    """
    heard: list[bool] = []

    def ask() -> None:
        with suppress(Exception):
            heard.append(question())

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout_s)
    return heard == [True]


def _asked(url: str, timeout_s: float) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=timeout_s):
            return True
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError as error:
        return isinstance(error.reason, ssl.SSLError)  # a certificate that W&B's client may know
    except OSError:
        return False
