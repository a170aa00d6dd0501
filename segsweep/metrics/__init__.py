"""One confusion count on the device, and everything derived from it."""

from segsweep.metrics.counts import PixelCounts, count_pixels

__all__ = ["PixelCounts", "count_pixels"]
