"""Mirrors of a run's folder: TensorBoard and Weights & Biases. The folder is the truth; a mirror may miss or fail."""

import os

os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # before wandb is imported: it reports its errors, offline too
