"""One of the processes of a run on several devices; torchrun starts it, see `machine.distributed`."""

import json
import logging
import os
import sys
from pathlib import Path

from segsweep.compose import from_plain
from segsweep.config.plugins import load_plugins
from segsweep.core.errors import Interrupted, SegsweepError, StartsAgain
from segsweep.core.processes import rank
from segsweep.runs.folder import LOG_FILE, REQUEST_FILE
from segsweep.training.pruning import pruner_of_parent
from segsweep.training.recording import recorded
from segsweep.training.run import train_and_test


def main() -> None:
    """Train the run that the folder's request describes."""
    folder = Path(sys.argv[1])
    request = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    log = folder / LOG_FILE
    if not (log.exists() and os.path.samestat(os.fstat(1), log.stat())):  # in a sweep, the output goes there anyway
        handlers.append(logging.FileHandler(log))
    is_first = rank() == 0
    logging.basicConfig(
        level=logging.INFO if is_first else logging.ERROR,
        format="%(message)s",
        handlers=handlers if is_first else handlers[:1],
    )
    load_plugins(request["config"].get("plugins", []))
    stages = train_and_test(from_plain(request["config"]), folder, pruner=pruner_of_parent(request["pruner"]))
    try:
        recorded(stages, folder, name=request["name"], config=request["config"])
    except (SegsweepError, Interrupted, StartsAgain):
        sys.exit(1)  # recorded; the parent process writes the sentence, or starts this one again


if __name__ == "__main__":
    main()
