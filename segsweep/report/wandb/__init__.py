"""Weights & Biases as a source of runs and as a place for their comparison."""
