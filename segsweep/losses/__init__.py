"""The loss of a run: a weighted sum of named terms."""
