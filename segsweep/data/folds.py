"""Which images validate in which fold."""

from collections.abc import Sequence

import numpy as np

from segsweep.data.errors import too_few_groups

_SEED = 0
"""The folds are the same in every run: what differs between two folds is the images, between two seeds the training."""


def deal(names: Sequence[str], num_folds: int) -> list[int]:
    """Deal images into folds: each group as a whole, the largest first, to the fold that has the fewest images.

    Args:
        names: Path of each image below images/. Images of one folder there are a group, such as the pictures of one
            person; an image that lies in none is a group of its own.
        num_folds: 2 or more.
    Returns:
        The fold of each image, from 0. It depends on the names only, not on their order.
    Raises:
        ConfigError: If there are fewer groups than folds.
    """
    groups: dict[str, list[int]] = {}
    for index in sorted(range(len(names)), key=lambda index: names[index]):
        folder, slash, _ = names[index].partition("/")
        groups.setdefault(folder + slash if slash else f"{folder} {index}", []).append(index)
    if len(groups) < num_folds:
        raise too_few_groups(len(names), len(groups), num_folds)
    shuffled = [list(groups.values())[place] for place in np.random.default_rng(_SEED).permutation(len(groups))]
    sizes, fold_of = [0] * num_folds, [0] * len(names)
    for group in sorted(shuffled, key=len, reverse=True):
        fold = sizes.index(min(sizes))
        sizes[fold] += len(group)
        for index in group:
            fold_of[index] = fold
    return fold_of
