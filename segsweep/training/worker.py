"""One of the processes of a run on several devices; started by torchrun, see `segsweep.training.distributed`."""

import json
import logging
import os
import sys
from functools import partial
from pathlib import Path

from segsweep.compose import from_plain
from segsweep.core.errors import Interrupted, SegsweepError, StartsAgain
from segsweep.runs.folder import REQUEST_FILE
from segsweep.sweep.queue.trial import trial_of_parent
from segsweep.training.recording import recorded
from segsweep.training.run import train_and_test


def main() -> None:
    """Train the run that the folder's request describes."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    log = folder / "train.log"
    if not (log.exists() and os.path.samestat(os.fstat(1), log.stat())):  # in a sweep, what is said goes there anyway
        handlers.append(logging.FileHandler(log))
    is_first = os.environ["RANK"] == "0"
    logging.basicConfig(
        level=logging.INFO if is_first else logging.ERROR,
        format="%(message)s",
        handlers=handlers if is_first else handlers[:1],
    )
    work = partial(train_and_test, from_plain(request["config"]), folder, trial=trial_of_parent())
    try:
        recorded(work, folder, name=request["name"], config=request["config"])
    except (SegsweepError, Interrupted, StartsAgain):
        sys.exit(1)  # recorded; the parent says it, or starts it again


if __name__ == "__main__":
    main()
