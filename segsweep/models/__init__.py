"""Networks: built from config, checked before they are built, counted without being run."""

from segsweep.models.build import build_model
from segsweep.models.check import check_pair
from segsweep.models.facts import ModelFacts, model_facts
from segsweep.models.network import SegmentationModel
from segsweep.models.weights import check_weights

__all__ = ["ModelFacts", "SegmentationModel", "build_model", "check_pair", "check_weights", "model_facts"]
