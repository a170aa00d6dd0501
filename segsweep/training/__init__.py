"""Training: a run is assembled, fitted, tested and recorded."""
