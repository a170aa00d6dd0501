"""A sweep process of its own, to be stopped or killed: runs jobs that wait, until it is."""

import sys
from pathlib import Path

from segsweep.core.errors import Interrupted
from tests.sweep.launcher.app import launcher

if __name__ == "__main__":
    folder, do = Path(sys.argv[1]), sys.argv[2]
    try:
        launcher(folder).launch([[f"do={do}", f"value={number}"] for number in range(3)], 0)
    except Interrupted as stop:
        sys.exit(stop.exit_code)
