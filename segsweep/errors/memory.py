"""Sentences about memory that runs out."""

from segsweep.errors.runs import TrainingError


def out_of_memory(stage: str, images: int, size: str, pair: str, cause: str, advice: str) -> TrainingError:
    """Memory runs out with the fewest images at a time that the network takes."""
    return TrainingError(
        f"Out of memory in {stage} with {images} image{'s' if images > 1 else ''} of {size} at a time, the fewest "
        f"that go, with {pair} ({cause}). Try {advice}."
    )


def out_of_memory_at_start(pair: str, cause: str) -> TrainingError:
    """Memory runs out before the first image."""
    return TrainingError(
        f"Out of memory before the first image, with {pair} ({cause}). Try a smaller encoder=NAME, or a machine on "
        "which less is running: smaller batches would not help"
    )
