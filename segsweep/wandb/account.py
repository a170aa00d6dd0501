"""The way to W&B's server: never asks anybody, and answers in words within seconds what is in its way."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from segsweep.core.errors import ReportError
from segsweep.core.network import answers
from segsweep.wandb.errors import (
    key_refused,
    no_such_project,
    nobody_logged_in,
    not_an_address,
    wandb_failed,
    wandb_is_off,
    wandb_silent,
)

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
        raise not_an_address(text)
    return Address(parts[0] if len(parts) == 2 else None, parts[-1])


def require_line() -> None:
    """Refuse to go on where nobody is logged in or the server does not answer; takes a few seconds at most.

    Raises:
        ReportError: With what to type.
    """
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # its client would tell its makers how it fares
    import wandb  # half a second, only for those who name W&B

    settings = wandb.setup(settings=wandb.Settings(show_info=False, show_warnings=False, quiet=True)).settings
    if settings.mode in ("offline", "dryrun", "disabled"):
        raise wandb_is_off(settings.mode)
    settings.silent = True  # else W&B asks the server for the user's name, of which nobody knows whether it answers
    try:
        logged_in = wandb.login(prompt=False, verify=False)
    except wandb.errors.Error as error:
        raise key_refused(settings.base_url, first_line(error)) from error
    finally:
        settings.silent = False
    if not logged_in:
        raise nobody_logged_in()
    if not answers(settings.base_url):
        raise wandb_silent(settings.base_url)


@contextmanager
def opened(address: Address) -> Iterator[Any]:
    """Give W&B's `Api`; what the server refuses while it is used is answered in words.

    Args:
        address: The project that is asked for.
    Raises:
        ReportError: If nobody is logged in, the server does not answer, or it refuses key or project.
    """
    require_line()
    import wandb
    from wandb.sdk.lib.service.service_connection import WandbApiFailedError

    with tempfile.TemporaryDirectory(prefix="segsweep-") as place, _wandb_folder(place):
        try:
            yield wandb.Api(timeout=TIMEOUT_S)
        except ReportError:
            raise
        except wandb.errors.AuthenticationError as error:
            url = wandb.setup().settings.base_url
            if not answers(url):  # it went away meanwhile, which W&B calls the same
                raise wandb_silent(url) from error
            raise key_refused(url, first_line(error)) from error
        except (wandb.errors.Error, WandbApiFailedError) as error:
            raise wandb_failed(address.path, first_line(error)) from error
        except ValueError as error:
            if "Could not find project" in str(error):
                raise no_such_project(address.path) from error
            raise


@contextmanager
def _wandb_folder(place: str) -> Iterator[None]:
    """Let W&B make its folders elsewhere: its reader makes an empty one for every run."""
    before = os.environ.get("WANDB_DIR")
    os.environ["WANDB_DIR"] = place
    try:
        yield
    finally:
        if before is None:
            del os.environ["WANDB_DIR"]
        else:
            os.environ["WANDB_DIR"] = before


def first_line(error: Exception) -> str:
    """Return the first line of what W&B says."""
    return str(error).strip().partition("\n")[0].rstrip(".")
