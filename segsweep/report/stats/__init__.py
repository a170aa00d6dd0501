"""Which difference is real: chance, seeds, images, ranking."""
