"""How long a comparison of many runs takes, and how much memory.

python -m scripts.bench_report 1000
python -m scripts.bench_report 10000 --classes 29
"""

import argparse
import itertools
import math
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.report.making import grid, make_run

NUM_IMAGES = 100
NUM_CELLS = 160


def make(runs: Path, num_runs: int, num_classes: int) -> None:
    """Write so many runs: cells of a grid, then the same with further seeds."""
    rng = np.random.default_rng(0)
    of_images = rng.normal(0.8, 0.05, NUM_IMAGES)
    axes = {
        "model": ["unet", "fpn", "deeplabv3plus", "manet", "linknet"],
        "encoder": ["resnet18", "resnet34", "efficientnet-b0", "mit_b0"],
        "loss": ["dice", "bce_dice"],
        "optimizer": ["adamw", "sgd"],
        "resolution": ["256x256", "512x512"],
        "seed": range(math.ceil(num_runs / NUM_CELLS)),
    }
    names = [f"class{place}" for place in range(num_classes)]
    for place, config in enumerate(itertools.islice(grid(**axes), num_runs)):
        level = (place % 53) / 1000
        scores = of_images + level + rng.normal(0, 0.03, NUM_IMAGES) + rng.normal(0, 0.005)
        make_run(runs, config, scores, class_names=names)


def main() -> None:
    """Make runs, compare them, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=int, help="how many runs are compared")
    parser.add_argument("--classes", type=int, default=12, help="classes of each (default: %(default)s)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), chosen.runs, chosen.classes)
        from segsweep.report.compare import Question, compare_sources
        from segsweep.report.read.collect import collect
        from segsweep.report.read.sources import Sources
        from segsweep.report.render.write import write_report

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clocks = [time.perf_counter()]
        found, _ = collect(Path(folder))
        clocks.append(time.perf_counter())
        del found
        report = compare_sources(Sources((folder,)), Question())
        clocks.append(time.perf_counter())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{report.comparisons[0].num_runs} runs of {len(report.comparisons[0].rows)} configurations")
        print(f"read {clocks[1] - clocks[0]:.2f} s; read, ranked and compared {clocks[2] - clocks[1]:.2f} s")
        print(f"peak {peak / 2**20:.2f} GiB, {before / 2**20:.2f} before")
        write_report(report, Path(folder) / "report")
        print(f"written in {time.perf_counter() - clocks[2]:.2f} s")
        for file in sorted((Path(folder) / "report").iterdir()):
            print(f"  {file.name} {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
