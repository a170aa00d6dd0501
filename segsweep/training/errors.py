"""Sentences about devices, the loss, and memory that runs out."""

from pathlib import Path

from segsweep.core.errors import ConfigError, Pruned, TrainingError
from segsweep.core.text import plural
from segsweep.data.spec import ResolutionConfig
from segsweep.training.machine.memory import OutOfMemory


def no_cuda() -> ConfigError:
    """CUDA is wanted and there is none."""
    return ConfigError(
        "hardware.accelerator=cuda, but torch sees no CUDA device. Train on the CPU with hardware.accelerator=cpu, "
        "or see what torch says: python -c 'import torch; print(torch.version.cuda, torch.cuda.is_available())'"
    )


def too_few_devices(wanted: int, found: int) -> ConfigError:
    """More devices are wanted than there are."""
    return ConfigError(f"hardware.devices={wanted}, but there are {found}. Try hardware.devices={found}")


def pruned(epoch: int, metric: str, value: float) -> Pruned:
    """A pruner stopped the run."""
    return Pruned(f"pruned after epoch {epoch}: {metric} {value:.4g}")


def loss_not_finite(batch: int, cause: str) -> TrainingError:
    """The loss became NaN or infinite."""
    return TrainingError(f"The loss is not finite since training batch {batch}. {cause}")


def processes_died(folder: Path, exit_code: int) -> TrainingError:
    """The processes of a run on several devices ended without a record."""
    return TrainingError(
        f"The processes of {folder.name} died (exit code {exit_code}) before they could say why; "
        f"see {folder}/train.log. The same command goes on after the last finished epoch."
    )


def out_of_memory_at_the_least(
    event: OutOfMemory, resolution: ResolutionConfig, pair: str, *, precision: str
) -> TrainingError:
    """Memory runs out with the fewest images at a time that the network takes."""
    advice = ["a smaller resolution=HEIGHTxWIDTH", "a smaller encoder=NAME"]
    size = f"{resolution.height}x{resolution.width}"
    if event.stage != "training" and resolution.eval_size != "same":
        advice.insert(0, "resolution.eval_size=same")
        size = f"size {resolution.eval_size}"
    if precision == "32":
        advice.append("trainer.precision=auto")
    return TrainingError(
        f"Out of memory in {event.stage} with {plural(event.images, 'image')} of {size} at a time, the fewest "
        f"that go, with {pair} ({event.cause}). Try {', '.join(advice)}."
    )


def out_of_memory_at_start(pair: str, cause: str) -> TrainingError:
    """Memory runs out before the first image."""
    return TrainingError(
        f"Out of memory before the first image, with {pair} ({cause}). Try a smaller encoder=NAME, or a machine on "
        "which less is running: smaller batches would not help"
    )
