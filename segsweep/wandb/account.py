"""The way to W&B's server: never asks anybody, never waits more than a few seconds, and says what is in its way."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, NamedTuple

from segsweep.core.errors import ConfigError, ReportError
from segsweep.core.network import answers
from segsweep.core.text import first_line

SCHEME = "wandb:"
TIMEOUT_S = 20
"""Of one question to a server that did answer a moment ago."""


class Address(NamedTuple):
    """A project on W&B."""

    entity: str | None
    """None: that of whoever is logged in."""
    project: str

    @property
    def path(self) -> str:
        """As one types it."""
        return f"{self.entity}/{self.project}" if self.entity else self.project


def read_address(text: str) -> Address:
    """Read wandb:ENTITY/PROJECT or wandb:PROJECT.

    Raises:
        ReportError: If it is neither.
    """
    parts = text.removeprefix(SCHEME).split("/")
    if not text.startswith(SCHEME) or len(parts) > 2 or not all(part.strip() == part != "" for part in parts):
        raise ReportError(
            f"{text!r} names no project on W&B. Type wandb:ENTITY/PROJECT, or wandb:PROJECT for your own, as in the "
            "address of its page"
        )
    return Address(parts[0] if len(parts) == 2 else None, parts[-1])


def import_wandb() -> ModuleType:
    """Import W&B's package, which takes half a second, and which else tells its makers about errors, offline too."""
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    return wandb


@dataclass(frozen=True)
class Obstacle:
    """What keeps this machine from W&B's server."""

    reason: str
    """A part of a sentence, for runs that go on without the server."""
    error: ReportError
    """What a command ends with that cannot go on without it."""
    is_disabled: bool = False
    """Whether W&B's settings make it do nothing at all."""


def find_obstacle(*, warnings: bool = True) -> Obstacle | None:
    """Ask whether somebody is logged in and the server answers; takes a few seconds at most."""
    wandb, settings = import_wandb(), quiet_settings(warnings=warnings)
    if settings.mode in ("offline", "dryrun", "disabled"):
        is_disabled = settings.mode == "disabled"
        command = "wandb enabled" if is_disabled else "wandb online"
        advice = f"W&B's own settings say {settings.mode}. Type `wandb online`, and unset WANDB_MODE, to read from it."
        return Obstacle(f"W&B's settings say so, see `{command}`", ReportError(advice), is_disabled)
    try:
        if not _logged_in(settings):
            advice = "Nobody is logged in to W&B. Type `wandb login`, or set WANDB_API_KEY, and try again."
            return Obstacle("nobody is logged in, see `wandb login`", ReportError(advice))
    except wandb.errors.Error as error:
        return Obstacle(first_line(error), _key_refused(settings.base_url, said(error)))
    if not answers(settings.base_url):
        return Obstacle(f"{settings.base_url} does not answer", _wandb_silent(settings.base_url))
    return None


def quiet_settings(*, warnings: bool = True) -> Any:
    """Return W&B's settings for all runs of this process; it prints warnings and errors only, or errors only."""
    wandb = import_wandb()
    shown = {} if warnings else {"show_warnings": False}
    return wandb.setup(settings=wandb.Settings(show_info=False, quiet=True, **shown)).settings


def _logged_in(settings: Any) -> bool:
    settings.silent = True  # else W&B asks the server for the user's name, of which nobody knows whether it answers
    try:
        return bool(import_wandb().login(prompt=False, verify=False))
    finally:
        settings.silent = False


class Connection(NamedTuple):
    """How a run is shown on W&B."""

    mode: Literal["online", "offline", "disabled"]
    reason: str
    """Why it is not online, as a part of a sentence."""


def choose_mode(wanted: str) -> Connection:
    """Choose online where somebody is logged in and the server answers, else offline.

    What W&B's own settings say (`WANDB_MODE`, `wandb offline`) comes before `auto`.

    Raises:
        ConfigError: If the setting is online, and that cannot be.
    """
    if wanted == "offline":
        return Connection("offline", "logger.wandb.mode=offline")
    obstacle = find_obstacle()
    if obstacle is None:
        return Connection("online", "")
    if wanted == "online":
        raise ConfigError(
            f"logger.wandb.mode=online, but W&B is offline: {obstacle.reason}. "
            "Try logger.wandb.mode=auto, which keeps the run on disk for `wandb sync`"
        )
    return Connection("disabled" if obstacle.is_disabled else "offline", obstacle.reason)


def require_server() -> None:
    """Refuse to go on where nobody is logged in or the server does not answer.

    Raises:
        ReportError: With what to type.
    """
    if (obstacle := find_obstacle(warnings=False)) is not None:
        raise obstacle.error


def release() -> None:
    """End W&B's service, which may be stuck or dead; the next run starts another."""
    with contextlib.suppress(Exception, SystemExit):
        import_wandb().teardown()


@contextmanager
def open_api(address: Address) -> Iterator[Any]:
    """Give W&B's `Api`; what the server refuses while it is used is answered in words.

    Raises:
        ReportError: If nobody is logged in, the server does not answer, or it refuses key or project.
    """
    require_server()
    wandb = import_wandb()
    from wandb.sdk.lib.service.service_connection import WandbApiFailedError

    # its reader makes an empty folder for every run
    with tempfile.TemporaryDirectory(prefix="segsweep-") as place, environment(WANDB_DIR=place):
        try:
            yield wandb.Api(timeout=TIMEOUT_S)
        except ReportError:
            raise
        except wandb.errors.AuthenticationError as error:
            url = wandb.setup().settings.base_url
            if not answers(url):  # it went away meanwhile, which W&B calls the same
                raise _wandb_silent(url) from error
            raise _key_refused(url, said(error)) from error
        except (wandb.errors.Error, WandbApiFailedError) as error:
            raise ReportError(
                f"W&B failed at {address.path}: {said(error)}. Try again later; runs that were read before are kept."
            ) from error
        except ValueError as error:
            if "Could not find project" in str(error):
                raise ReportError(
                    f"There is no project {address.path} on W&B that your key may see. Check both names at its page."
                ) from error
            raise


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Set variables of the environment, from which W&B reads where it keeps its files, for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def said(error: Exception) -> str:
    """Return what W&B says, for the middle of a sentence."""
    return first_line(error).rstrip(".")


def _wandb_silent(url: str) -> ReportError:
    """The server cannot be reached."""
    return ReportError(
        f"{url} does not answer. Is this machine connected, and WANDB_BASE_URL right? "
        "The runs that lie here need no network: python -m segsweep.report runs"
    )


def _key_refused(url: str, said: str) -> ReportError:
    """The server knows no such key, or none can be one."""
    return ReportError(
        f"{url} does not accept the key: {said}. Type `wandb login --relogin`, or set WANDB_API_KEY to a key from "
        f"{url.replace('//api.', '//')}/authorize"
    )
