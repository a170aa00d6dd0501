"""Sweeps: many runs from one command, kept in an Optuna study that any number of processes work on."""
