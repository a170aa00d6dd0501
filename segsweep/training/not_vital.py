"""What only shows a run must not end it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger("segsweep")


@contextmanager
def not_vital(what: Path) -> Iterator[None]:
    """Let a run go on where a picture cannot be drawn, and say which."""
    try:
        yield
    except Exception as error:
        log.warning("%s could not be written (%s: %s); the run goes on", what, type(error).__name__, error)
        log.debug(traceback.format_exc())
