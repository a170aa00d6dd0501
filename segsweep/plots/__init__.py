"""Pictures of a run, from plain numbers and arrays: curves, scores per class, and sheets of samples."""
