"""What a sweep costs beyond its runs, and what pruning saves; each figure is measured here, none is assumed.

    python -m scripts.bench_sweep                        # overhead per run, bookkeeping at 200 and 2,000 trials
    python -m scripts.bench_sweep --data PATH            # and ASHA against the full grid on white blood cells
    python -m scripts.bench_sweep --json FILE
    python -m scripts.bench_sweep --tiny                 # whether it works

Overhead: what a further run takes in a sweep whose runs have a process each, less what it takes where all runs share
one warm process; the two are measured in turns, by the slope between sweeps of few and of many runs. Bookkeeping: the
same sweeper on runs that write their record at once. Pruning: 24 configurations with ASHA, then all to their end.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TINY = [
    "data.size=32", "data.num_train=8", "data.num_val=4", "data.num_test=4", "resolution.height=32",
    "resolution.width=32", "trainer.batch_size=4", "trainer.max_epochs=2", "hardware.accelerator=cpu",
    "hardware.num_workers=0", "hardware.num_threads=1", "logger.pictures=false", "logger.progress=none",
]  # fmt: skip
PRUNING = [
    "data=folder", "data.name=wbc", "data.task=multiclass", "data.num_classes=3", "encoder.weights=null",
    "resolution=64x64", "trainer.batch_size=16", "augmentation=light", "logger.pictures=false", "logger.progress=none",
    "model=unet,fpn", "encoder=resnet18,mobilenet_v2", "loss=ce_dice,cross_entropy",
    "optimizer.lr=0.0003,0.001,0.003",
]  # fmt: skip


def sweep(runs: Path, *words: str) -> float:
    """Run a sweep as a user does; returns its seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "segsweep.train", "-m", f"paths.runs={runs}", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def seconds_of_a_further_run(place: Path, launcher: str, few: int, many: int) -> float:
    """Measure by two sweeps that differ in the number of their runs."""
    seconds = {}
    for num in (few, many):
        with tempfile.TemporaryDirectory(dir=place) as runs:
            one_by_one = ["hydra.sweeper.n_jobs=1", f"hydra/launcher={launcher}"]
            seconds[num] = sweep(Path(runs), *TINY, *one_by_one, f"seed=range(0,{num})")
    return (seconds[many] - seconds[few]) / (many - few)


def overhead(place: Path, *, repetitions: int, few: int, many: int) -> dict[str, float]:
    """Measure what a process of its own costs each run."""
    own, shared = [], []
    for _ in range(repetitions):
        own.append(seconds_of_a_further_run(place, "local", few, many))
        shared.append(seconds_of_a_further_run(place, "basic", few, many))
    differences = [one - other for one, other in zip(own, shared, strict=True)]
    return {
        "run_in_own_process_s": statistics.median(own),
        "run_in_warm_process_s": statistics.median(shared),
        "overhead_s_per_run": statistics.median(differences),
        "overhead_s_per_run_least": min(differences),
        "overhead_s_per_run_most": max(differences),
    }


def bookkeeping_s_per_trial(place: Path, num: int, *words: str) -> float:
    """Measure the sweeper alone: runs that write their record and nothing else."""
    script = Path(__file__).with_name("bench_bookkeeping.py")
    with tempfile.TemporaryDirectory(dir=place) as runs:
        command = [sys.executable, str(script), "-m", f"paths.runs={runs}", *TINY, "hydra/launcher=recording", *words]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - began) / num


def pruning(place: Path, data: Path, epochs: int) -> dict[str, float]:
    """Run 24 configurations with ASHA; then let those that it stopped go on, which makes the full grid."""
    shared = [*PRUNING, f"data.root={data}", f"trainer.max_epochs={epochs}"]
    runs = place / "pruning"
    asha_s = sweep(runs, *shared, "hydra/sweeper/pruner=asha", "sweep.name=asha")
    spent, best = epochs_of(runs), best_complete(runs)
    rest_s = sweep(runs, *shared, "sweep.name=full")
    return {
        "num_configurations": len(list(runs.glob("*/record.json"))),
        "epochs_fraction": spent / epochs_of(runs),
        "miou_of_asha": best,
        "miou_of_grid": best_complete(runs),
        "miou_gap": best_complete(runs) - best,
        "seconds_of_asha": asha_s,
        "seconds_of_the_rest": rest_s,
        "seconds_of_a_run": (asha_s + rest_s) / len(list(runs.glob("*/record.json"))),
    }


def epochs_of(runs: Path) -> int:
    """Count the epochs that were trained."""
    return sum(len(file.read_text().splitlines()) - 1 for file in runs.glob("*/history.csv"))


def best_complete(runs: Path) -> float:
    """Return the best val/miou of the complete runs."""
    records: list[dict[str, Any]] = [json.loads(file.read_text()) for file in runs.glob("*/record.json")]
    return max(float(record["metrics"]["val/miou"]) for record in records if record["status"] == "complete")


def main() -> None:
    """Measure, print a table, and write it where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="white blood cells as PATH/{train,val,test}/{images,masks}")
    parser.add_argument("--epochs", type=int, default=12, help="of each of the 24 configurations")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--runs", type=int, nargs=2, default=(2, 12), metavar=("FEW", "MANY"), help="for the overhead")
    parser.add_argument("--trials", type=int, nargs=2, default=(200, 2000), metavar=("FEW", "MANY"))
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--tiny", action="store_true", help="so little that it ends soon, and the figures mean nothing")
    asked = parser.parse_args()
    if asked.tiny:
        asked.repetitions, asked.runs, asked.trials = 1, (1, 2), (2, 4)
    few, many = asked.trials
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        found: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()}
        found |= overhead(place, repetitions=asked.repetitions, few=asked.runs[0], many=asked.runs[1])
        found["bookkeeping_s_per_trial"] = bookkeeping_s_per_trial(place, few, f"seed=range(0,{few})")
        found["bookkeeping_s_per_trial_of_many"] = bookkeeping_s_per_trial(place, many, f"seed=range(0,{many})")
        if asked.data is not None:
            found |= pruning(place, asked.data.resolve(), asked.epochs)
        run_s = found.get("seconds_of_a_run", found["run_in_own_process_s"])
        found["bookkeeping_fraction"] = found["bookkeeping_s_per_trial"] / (found["bookkeeping_s_per_trial"] + run_s)
    for name, value in found.items():
        print(f"{name:34} {value:.4g}" if isinstance(value, float) else f"{name:34} {value}")
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
