"""What a run notes of its data, its network and its batches before the first step."""

from dataclasses import replace

from segsweep.data.base import Data
from segsweep.data.spec import DataConfig, ResolutionConfig
from segsweep.models.facts import model_facts
from segsweep.models.network import SegmentationModel
from segsweep.runs.facts import CostFacts, DataFacts, TrainingFacts
from segsweep.training.machine.memory import Batches, Sizes, note_on_micro_batches


def data_facts(data: Data, settings: DataConfig, *, content: str | None) -> DataFacts:
    """Return what is noted of the data.

    Args:
        data: What was opened.
        settings: The `data` group of the config.
        content: Hash of the content of all files.
    """
    is_dealt = settings.fold is not None
    return DataFacts(
        name=data.name,
        fingerprint=data.fingerprint,
        content_fingerprint=content,
        num_images=dict(data.counts),
        task=data.task.kind,
        class_names=data.task.class_names,
        class_pixels=data.class_pixels,
        fold=settings.fold,
        num_folds=settings.num_folds if is_dealt else None,
        bit_depth=data.bit_depth,
        shared_between_splits=data.shared.images,
        groups_between_splits=data.shared.groups,
    )


def cost_facts(model: SegmentationModel, channels: int, resolution: ResolutionConfig) -> CostFacts:
    """Return what is noted of the size of the network."""
    facts = model_facts(model, in_channels=channels, height=resolution.height, width=resolution.width)
    return CostFacts(
        num_parameters=facts.num_parameters,
        num_encoder_parameters=facts.num_encoder_parameters,
        gflops=facts.gflops,
    )


def with_batches(facts: TrainingFacts, batches: Batches, sizes: Sizes, *, num_train: int) -> TrainingFacts:
    """Add how many images are computed at a time, and seen in an epoch.

    Args:
        facts: What is noted so far.
        batches: How the batches are computed.
        sizes: What the run has come down to.
        num_train: Training images; those that fill no batch are left out of an epoch, others in each.
    """
    return replace(
        facts,
        micro_batch_size=batches.micro_batch_size,
        accumulate_batches=batches.accumulate_batches,
        eval_batch_size=batches.eval_batch_size,
        out_of_memory=sizes.out_of_memory,
        note=note_on_micro_batches(batches),
        images_per_epoch=num_train // batches.batch_size * batches.batch_size,
    )
