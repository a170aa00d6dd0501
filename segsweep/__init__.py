"""segsweep: a Hydra experiment-sweep runner for semantic segmentation."""

__version__ = "0.1.0"
