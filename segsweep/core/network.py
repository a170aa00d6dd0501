"""Whether a server can be reached, asked in a way that never takes long."""

import ssl
import threading
import urllib.error
import urllib.request

PROBE_TIMEOUT_S = 3.0


def answers(url: str, timeout_s: float = PROBE_TIMEOUT_S) -> bool:
    """Tell whether a server answers within a time, whatever it says; looking up its name counts too."""
    heard: list[bool] = []
    thread = threading.Thread(target=lambda: heard.append(_asked(url, timeout_s)), daemon=True)
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
