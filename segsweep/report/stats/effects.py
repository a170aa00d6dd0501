"""Main effects of the swept axes over a grid that need not be complete."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segsweep.report.read.comparison import Effect, Effects
from segsweep.report.read.model import Axis, Configuration
from segsweep.stats.chance import t_quantile

Array = NDArray[np.float64]
_TOLERANCE = 1e-8
_LEVEL = 0.05
_LEAST_PER_VALUE = 2
"""Configurations that a value must have on average, for an effect of its own; a sampler's numbers have one each."""


def main_effects(configurations: Sequence[Configuration], values: Sequence[float], axes: Sequence[Axis]) -> Effects:
    """Estimate what each value of each axis adds, the others held, by least squares on an additive model.

    One observation is a configuration's mean, so that what is left over holds what axes do together (interactions), and
    the intervals with it; they hold for all effects together. Where the runs do not tell two axes apart, neither gets a
    number.

    Args:
        configurations: All that are ranked.
        values: The metric of each.
        axes: The axes that they differ in.
    Source: Searle, Linear Models, 1971, ch. 5 (estimable functions).
    """
    observed = np.array(values)
    usable, left_out = _usable(configurations, axes)
    if not usable or len(observed) < 2:
        return Effects((), tuple(left_out), None)
    design, places = _sum_coded(configurations, usable)
    inverse = np.linalg.pinv(design.T @ design, rcond=_TOLERANCE, hermitian=True).astype(np.float64)
    coefficients = inverse @ design.T @ observed
    unseen = np.eye(design.shape[1]) - inverse @ (design.T @ design)
    tangled = [axis for axis in usable if np.abs(unseen[places[axis.name]]).max() > 1e-6]
    residual = observed - design @ coefficients
    freedom = len(observed) - round(float(np.trace(np.eye(len(unseen)) - unseen)))
    variance = float(residual @ residual) / freedom if freedom > 0 else 0.0
    told = [axis for axis in usable if axis not in tangled]
    number = sum(places[axis.name].stop - places[axis.name].start for axis in told)
    reach = t_quantile(1 - _LEVEL / 2 / max(number, 1), freedom) if freedom > 0 else 0.0
    effects = []
    for axis in told:
        effects += _effects_of(axis, places[axis.name], coefficients, inverse * variance, reach, configurations)
    total = float(((observed - observed.mean()) ** 2).sum())
    explained = 1 - float(residual @ residual) / total if total > 0 and freedom > 0 else None
    return Effects(tuple(effects), (*left_out, *_confounded(tangled, places, unseen)), explained)


def _usable(configurations: Sequence[Configuration], axes: Sequence[Axis]) -> tuple[list[Axis], list[str]]:
    usable, left_out = [], []
    for axis in axes:
        number = len({configuration.values[axis.name] for configuration in configurations})
        if number < 2:
            continue
        if number > 2 and number * _LEAST_PER_VALUE > len(configurations):
            left_out.append(
                f"{axis.name} has {number} values in {len(configurations)} configurations: too many for effects"
            )
        else:
            usable.append(axis)
    return usable, left_out


def _sum_coded(configurations: Sequence[Configuration], axes: Sequence[Axis]) -> tuple[Array, dict[str, slice]]:
    """Return the design: ones, then for each axis a column per value but the last, whose rows are -1 in all."""
    columns, places, start = [np.ones((len(configurations), 1))], {}, 1
    for axis in axes:
        present = _present(axis, configurations)
        codes = np.vstack([np.eye(len(present) - 1), -np.ones(len(present) - 1)])
        columns.append(codes[[present.index(configuration.values[axis.name]) for configuration in configurations]])
        places[axis.name] = slice(start, start + len(present) - 1)
        start += len(present) - 1
    return np.hstack(columns), places


def _present(axis: Axis, configurations: Sequence[Configuration]) -> list[str]:
    found = {configuration.values[axis.name] for configuration in configurations}
    return [value for value in axis.values if value in found]


def _effects_of(
    axis: Axis,
    place: slice,
    coefficients: Array,
    covariance: Array,
    reach: float,
    configurations: Sequence[Configuration],
) -> list[Effect]:
    present = _present(axis, configurations)
    contrasts = np.vstack([np.eye(len(present) - 1), -np.ones(len(present) - 1)])
    found = contrasts @ coefficients[place]
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", contrasts, covariance[place, place], contrasts), 0.0))
    half = error * reach
    runs = dict.fromkeys(present, 0)
    for configuration in configurations:
        runs[configuration.values[axis.name]] += len(configuration.runs)
    return [
        Effect(axis.name, value, float(effect), float(effect - width), float(effect + width), runs[value])
        for value, effect, width in zip(present, found, half, strict=True)
    ]


def _confounded(axes: Sequence[Axis], places: dict[str, slice], unseen: Array) -> list[str]:
    """Say which axes cannot be told apart: those that a direction without data has in common."""
    groups: list[list[Axis]] = []
    for axis in axes:
        block = unseen[places[axis.name]]
        mates = [group for group in groups if any(np.abs(block[:, places[m.name]]).max() > 1e-6 for m in group)]
        groups = [group for group in groups if group not in mates]
        groups.append([*(member for group in mates for member in group), axis])
    return [
        f"{' and '.join(axis.name for axis in group)} cannot be told apart: no runs vary one while the other is held"
        for group in groups
    ]
