"""Pictures of a run, from plain numbers and arrays: curves, scores per class, and sheets of samples."""

from segsweep.pictures.colours import class_colours
from segsweep.pictures.curves import draw_curves
from segsweep.pictures.scores import draw_scores
from segsweep.pictures.sheets import Sample, draw_sheet

__all__ = ["Sample", "class_colours", "draw_curves", "draw_scores", "draw_sheet"]
