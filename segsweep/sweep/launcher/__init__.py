"""`hydra/launcher=local`: each run in a fresh process of this machine, on a slot of its own."""
