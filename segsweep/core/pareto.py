"""The Pareto front: of several numbers that are each better the smaller they are, what nothing else beats."""

from collections.abc import Sequence


def pareto_front(points: Sequence[Sequence[float]]) -> list[int]:
    """Return the places of the points that no other beats, smallest first number first.

    A point beats another if it is nowhere larger and somewhere smaller; equal points do not beat each other.

    Args:
        points: Numbers of each, in the same order; less is better, so that a score is given with its sign turned.
    """
    front: list[int] = []
    for place in sorted(range(len(points)), key=lambda place: tuple(points[place])):
        if not any(_beats(points[other], points[place]) for other in front):
            front.append(place)
    return front


def _beats(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True)) and tuple(one) != tuple(other)
