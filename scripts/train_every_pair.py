"""Train two steps with every pair of architecture and encoder family, for every task, or show how it is refused.

    python -m scripts.train_every_pair                      # 12 architectures x 6 encoders x 3 tasks, generated shapes
    python -m scripts.train_every_pair --encoders resnet18 mit_b0 --json pairs.json

Each pair goes the way of a real run: the checks of the command line, the model, its loss and optimizer, two steps of
training, one evaluation. A pair may train, or be refused in words before data is read; anything else is a defect, and
the exit code is 1.
"""

import argparse
import collections
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from segsweep.cli.run import prepare
from segsweep.config.options import conf_dir
from segsweep.core.errors import ConfigError
from segsweep.models.check import check_pair
from segsweep.models.spec import ARCHITECTURES
from segsweep.schema import Config
from segsweep.training.run import train_and_test
from segsweep.validate import check_config

TASKS = ("binary", "multiclass", "multilabel")
ENCODERS = ("resnet18", "efficientnet-b0", "vgg11_bn", "mit_b0", "mobileone_s0", "tu-vit_tiny_patch16_224")
SETTINGS = (
    "resolution=128x128",
    "data.size=128",
    "data.num_train=4",
    "data.num_val=2",
    "data.num_test=2",
    "trainer.batch_size=2",
    "trainer.max_epochs=1",
    "hardware.accelerator=cpu",
    "hardware.num_workers=0",
    "logger.progress=none",
)


def outcome_of(*words: str) -> tuple[str, str]:
    """Return trained, refused or broken, and the sentence of the error if there was one."""
    config = cast(Config, OmegaConf.to_object(compose("config", [*SETTINGS, *words])))
    try:
        check_config(config)
        check_pair(
            config.model, config.encoder, channels=3, resolution=config.resolution, batch=config.trainer.batch_size
        )
    except ConfigError as refusal:
        return "refused", str(refusal).splitlines()[0]
    with tempfile.TemporaryDirectory() as folder:
        try:
            *_, known = train_and_test(config, Path(folder))
        except Exception as error:
            return "broken", f"{type(error).__name__}: {error}"
    return "trained", f"val/loss {known.metrics['val/loss']:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=sorted(ARCHITECTURES))
    parser.add_argument("--encoders", nargs="+", default=ENCODERS)
    parser.add_argument("--tasks", nargs="+", default=TASKS)
    parser.add_argument("--json", type=Path, help="write every outcome to this file")
    chosen = parser.parse_args()
    prepare()
    rows = []
    with initialize_config_dir(str(conf_dir())):
        for model in chosen.models:
            for encoder in chosen.encoders:
                for task in chosen.tasks:
                    start = time.perf_counter()
                    status, words = outcome_of(f"model={model}", f"encoder={encoder}", f"data.task={task}")
                    rows.append({"model": model, "encoder": encoder, "task": task, "status": status, "words": words})
                    seconds = time.perf_counter() - start
                    print(f"{status:<8} {model:<14} {encoder:<24} {task:<11} {seconds:5.1f} s   {words}", flush=True)
    counts = collections.Counter(row["status"] for row in rows)
    print(", ".join(f"{number} {status}" for status, number in sorted(counts.items())))
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1))
    sys.exit(1 if counts["broken"] else 0)


if __name__ == "__main__":
    main()
