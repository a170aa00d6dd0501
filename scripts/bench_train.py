"""How close training comes to the bare compute loop, and how far ahead of the plain way it is.

    python -m scripts.bench_train --root ../camvid                  # Unet/resnet18, 352x480, batch 8
    python -m scripts.bench_train --root ../camvid --repetitions 5 --json bench.json
    python -m scripts.bench_train --root ../camvid --scaling        # cost per image at three counts and three sizes
    python -m scripts.bench_train --root ../camvid --tiny           # whether it works

(a) the ceiling: forward, loss, backward, optimizer step on tensors in memory; same model, size, batch, precision
(b) segsweep: training end to end on the files, with augmentation, metrics, validation, history and checkpoints
(c) the plain way: scripts/plain_training.py

All run in one process, in turn. Wall seconds depend on what else the machine does, CPU seconds are steadier. A figure
is the median over the repetitions, a ratio the median of the ratios of neighbours.
"""

import argparse
import json
import platform
import statistics
import tempfile
from pathlib import Path
from typing import Any

import segmentation_models_pytorch as smp
import torch
from lightning import Trainer

from scripts.bench_clocks import Clock, Cost
from scripts.bench_parts import ceiling, compose_config, metric_shares, overhead_ms, prepared, seconds_to_first_step
from scripts.plain_training import PlainModule, plain_loader
from segsweep.training.assemble import Assembly


def run_segsweep(chosen: argparse.Namespace) -> tuple[Clock, Assembly]:
    """Train two epochs, the first of which warms up."""
    with tempfile.TemporaryDirectory() as folder:
        run = prepared(compose_config(chosen), Path(folder), chosen.images)
        clock = Clock()
        run.trainer.callbacks.append(clock)  # type: ignore[attr-defined]
        run.trainer.fit(run.module, run.loaders.train, run.loaders.val)
    return clock, run


def run_plain(chosen: argparse.Namespace) -> tuple[Cost, Cost]:
    """Train two epochs the plain way; return the second and its validation."""
    config = compose_config(chosen)
    torch.manual_seed(0)
    net = smp.create_model(
        config.model.arch, encoder_name=config.encoder.name, encoder_weights=None, classes=chosen.classes
    )
    shared: dict[str, Any] = {
        "size": (chosen.height, chosen.width),
        "batch_size": chosen.batch,
        "num": chosen.images,
        "workers": chosen.workers,
    }
    clock = Clock()
    trainer = Trainer(
        max_epochs=2,
        accelerator="cuda" if torch.cuda.is_available() else "cpu",
        devices=1,
        callbacks=[clock],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(
        PlainModule(net, chosen.classes, chosen.ignore_index),
        plain_loader(chosen.root, "train", **shared),
        plain_loader(chosen.root, "val", **shared),
    )
    return clock.train[1], clock.val[1]


def compare(chosen: argparse.Namespace) -> dict[str, Any]:
    """Run (b), (a), (c) in turn and return figures and ratios."""
    rows: list[dict[str, float]] = []
    for repetition in range(chosen.repetitions):
        clock, run = run_segsweep(chosen)
        first, train, val = clock.train[0], clock.train[1], clock.val[1]
        top, top_val = ceiling(run, chosen.images)
        plain, plain_val = run_plain(chosen)
        row = {
            "ceiling_img_s": top.img_s,
            "segsweep_img_s": train.img_s,
            "plain_img_s": plain.img_s,
            "ceiling_cpu_ms": top.cpu_ms,
            "segsweep_cpu_ms": train.cpu_ms,
            "plain_cpu_ms": plain.cpu_ms,
            "segsweep_over_ceiling": train.img_s / top.img_s,
            "segsweep_over_ceiling_cpu": top.cpu_ms / train.cpu_ms,
            "short_epoch_over_ceiling": first.img_s / top.img_s,
            "short_epoch_over_ceiling_cpu": top.cpu_ms / first.cpu_ms,
            "segsweep_over_plain": train.img_s / plain.img_s,
            "segsweep_over_plain_cpu": plain.cpu_ms / train.cpu_ms,
            "val_over_plain": val.img_s / plain_val.img_s,
            "val_over_plain_cpu": plain_val.cpu_ms / val.cpu_ms,
            "val_over_ceiling_cpu": top_val.cpu_ms / val.cpu_ms,
        }
        rows.append(row)
        shown = "   ".join(f"{name} {value:.2f}" for name, value in row.items() if "over" in name)
        print(f"{repetition + 1}/{chosen.repetitions}   {shown}", flush=True)
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}


def scaling(chosen: argparse.Namespace) -> dict[str, float]:
    """Return CPU milliseconds per image for three counts of images, and per megapixel for three sizes."""
    costs = {}
    for images in (chosen.images // 3, chosen.images * 2 // 3, chosen.images):
        images -= images % chosen.batch
        clock, _ = run_segsweep(argparse.Namespace(**{**vars(chosen), "images": images}))
        costs[f"{images} images: CPU ms per image"] = clock.train[1].cpu_ms
    for factor in (0.5, 0.75, 1.0):
        height, width = (round(side * factor / 32) * 32 for side in (chosen.height, chosen.width))
        clock, _ = run_segsweep(argparse.Namespace(**{**vars(chosen), "height": height, "width": width}))
        costs[f"{height}x{width}: CPU ms per megapixel"] = clock.train[1].cpu_ms / (height * width / 1e6)
    return costs


def settings(chosen: argparse.Namespace, run: Assembly) -> dict[str, Any]:
    """Return what was measured, on what."""
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else torch.cpu.get_capabilities()["cpu_name"]
    return {
        **{name: str(value) if isinstance(value, Path) else value for name, value in vars(chosen).items()},
        "precision": run.trainer.precision,
        "device": device,
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="folder with {train,val}/{images,masks}")
    parser.add_argument("--classes", type=int, default=11)
    parser.add_argument("--ignore-index", type=int, default=11)
    parser.add_argument("--model", default="unet")
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--height", type=int, default=352)
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--images", type=int, default=96, help="training images per epoch; as many are validated")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--scaling", action="store_true", help="cost per image at three counts and three sizes")
    parser.add_argument("--json", type=Path, help="write figures, ratios and settings to this file")
    parser.add_argument("--steps", type=int, default=500, help="of the tiny network that shows the overhead per step")
    parser.add_argument("--tiny", action="store_true", help="so little that it ends soon, and the figures mean nothing")
    chosen = parser.parse_args()
    if chosen.tiny:
        chosen.height = chosen.width = 64
        chosen.batch, chosen.images, chosen.repetitions, chosen.steps = 2, 6, 1, 2
    chosen.images -= chosen.images % chosen.batch
    if chosen.scaling:
        figures: dict[str, Any] = scaling(chosen)
    else:
        figures = (
            compare(chosen)
            | metric_shares(chosen)
            | {
                "overhead_ms_per_step": overhead_ms(chosen.steps),
                "seconds_to_first_step": seconds_to_first_step(chosen),
            }
        )
    with tempfile.TemporaryDirectory() as folder:
        run = prepared(compose_config(chosen), Path(folder), chosen.images)
    for name, value in figures.items():
        print(f"{name:<40} {value:9.3f}")
    if chosen.json:
        chosen.json.write_text(json.dumps({**figures, "settings": settings(chosen, run)}, indent=1))


if __name__ == "__main__":
    main()
