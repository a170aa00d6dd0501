"""Every mistake a user can make, and its wording: what was found, what is accepted, what to type.

An entry point answers a `SegsweepError` with its text and exit code 2, never with a traceback.
One file per subject holds the sentences; `base` holds the types.
"""

from segsweep.errors.base import ConfigError, DataError, LabelError, SegsweepError, WeightsError, and_more, nearest
from segsweep.errors.runs import Interrupted, RunError, TrainingError

__all__ = [
    "ConfigError",
    "DataError",
    "Interrupted",
    "LabelError",
    "RunError",
    "SegsweepError",
    "TrainingError",
    "WeightsError",
    "and_more",
    "nearest",
]
