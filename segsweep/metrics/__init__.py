"""Confusion counts on the device, and everything derived from them; boundary scores."""

from segsweep.metrics.counts import PixelCounts, count_pixels
from segsweep.metrics.decisions import decide
from segsweep.metrics.evaluator import Evaluation, Evaluator
from segsweep.metrics.images import ImageScores

__all__ = ["Evaluation", "Evaluator", "ImageScores", "PixelCounts", "count_pixels", "decide"]
