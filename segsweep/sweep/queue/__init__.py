"""The queue of a sweep: trials of an Optuna study, worked off by any number of processes."""
