"""All that speaks to Weights & Biases. The folder of a run is the truth; what is shown elsewhere may miss or fail."""

import os

os.environ.setdefault("WANDB_ERROR_REPORTING", "false")  # before wandb is imported: it reports its errors, offline too
