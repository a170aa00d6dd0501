"""Sentences about losses that only their builder can say; those about the config alone stand in `errors.objective`."""

from collections.abc import Sequence

from segsweep.errors.base import ConfigError


def focal_gamma(gamma: float) -> ConfigError:
    """Answer a focusing exponent whose gradient is infinite at a pixel that is certainly right."""
    return ConfigError(
        f"loss.focal.gamma={gamma:g} is below 1, where the gradient of a pixel that is certainly right is infinite. "
        "It may be 0 (plain cross-entropy), or 1 and more. Type loss.focal.gamma=2"
    )


def class_weights_unread(terms: Sequence[str], kind: str) -> ConfigError:
    """Answer class weights that no term of the loss would read."""
    return ConfigError(
        f"loss.class_weights would change nothing: for a {kind} task {' and '.join(terms)} does not read it. "
        "Type loss.class_weights=null, or add a term that reads it: loss.cross_entropy.weight=1"
    )
