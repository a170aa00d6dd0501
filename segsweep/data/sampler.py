"""Which images form which batch, as a function of seed and epoch alone."""

from collections.abc import Iterator, Sequence

import numpy as np
from torch.utils.data import Sampler

from segsweep.data.errors import too_few_images


class EpochBatchSampler(Sampler[list[tuple[int, int]]]):
    """Shuffled batches of (epoch, index); each device takes its share of every batch.

    The order and the share depend on nothing but the arguments and the epoch: not on workers, not on what ran before.
    Of the images that do not fill a batch, another set is left out in every epoch. Where a batch is too much at a time,
    it comes in equal parts, one after the other: the images of a batch are the same.
    """

    def __init__(
        self,
        num_samples: int,
        batch_size: int,
        *,
        seed: int,
        micro_batch_size: int | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if min(num_samples, batch_size) < world_size:
            raise too_few_images(num_samples, batch_size, world_size)
        self.num_samples = num_samples
        self.batch_size = min(batch_size, num_samples)
        self.micro_batch_size = micro_batch_size or self.batch_size
        if self.batch_size % self.micro_batch_size:
            raise ValueError(f"{self.micro_batch_size} images are no equal part of a batch of {self.batch_size}")
        self.seed = seed
        self.rank = rank
        self.world_size = world_size
        self.epoch = 0

    @property
    def sampler(self) -> "EpochBatchSampler":
        """The sampler itself: Lightning looks for `set_epoch` at `dataloader.batch_sampler.sampler`."""
        return self

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch that the next iteration is for."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Return the number of batches, or of parts of them."""
        return self.num_samples // self.batch_size * (self.batch_size // self.micro_batch_size)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        """Yield this device's share of each batch, or of each part."""
        epoch = self.epoch
        order = np.random.default_rng([self.seed, epoch]).permutation(self.num_samples)
        for number in range(len(self)):
            batch = order[number * self.micro_batch_size : (number + 1) * self.micro_batch_size]
            yield [(epoch, int(index)) for index in batch[self.rank :: self.world_size]]


class EvalBatchSampler(Sampler[list[int]]):
    """Every image exactly once over all devices, in a fixed order; images of different sizes never share a batch."""

    def __init__(
        self, sizes_px: Sequence[tuple[int, int]], batch_size: int, *, rank: int = 0, world_size: int = 1
    ) -> None:
        by_size = sorted(range(len(sizes_px)), key=lambda index: sizes_px[index])
        own = by_size[rank::world_size]
        per_device = max(1, batch_size // world_size)
        self.batches: list[list[int]] = []
        for index in own:
            last = self.batches[-1] if self.batches else []
            if last and len(last) < per_device and sizes_px[last[0]] == sizes_px[index]:
                last.append(index)
            else:
                self.batches.append([index])

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches."""
        return iter(self.batches)
