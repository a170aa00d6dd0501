"""Which difference is real: arrays of scores in, verdicts out."""
