"""Which images train, validate and test: folds, groups of images that belong together, what two splits share."""
