"""All rules are asked once in a command, before its folder is made: by hand-counted calls in a process of its own."""

import subprocess
import sys
from pathlib import Path

COUNTING = """
import sys
import segsweep.cli.resolvers, segsweep.sweep.plan.cells, segsweep.train
from segsweep.validate import check_config

asked = []

def count(config, *rest):
    asked.append(config.seed)
    check_config(config, *rest)

def train_nothing(folder, *rest):
    print("asked for seeds", asked)
    sys.exit(0)

for module in (segsweep.cli.resolvers, segsweep.sweep.plan.cells, segsweep.train):
    module.check_config = count
segsweep.train._train_in = train_nothing
sys.argv = ["train", *sys.argv[1:]]
segsweep.train.main()
print("asked for seeds", asked)
"""


def asked_by(tmp_path: Path, *words: str) -> str:
    command = [sys.executable, "-c", COUNTING, *words, f"paths.runs={tmp_path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(line for line in done.stdout.splitlines() if line.startswith("asked")) if done.stdout else done.stderr


def test_a_single_run_is_checked_once(tmp_path: Path) -> None:
    assert asked_by(tmp_path, "seed=7") == "asked for seeds [7]"


def test_each_run_of_a_sweep_is_checked_once_before_the_first_begins(tmp_path: Path) -> None:
    words = ("-m", "seed=0,1", "hydra/launcher=basic", "sweep.max_runs=1")
    assert asked_by(tmp_path, *words) == "asked for seeds [0, 1]"
