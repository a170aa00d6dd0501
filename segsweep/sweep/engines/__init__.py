"""The engines behind launchers: SLURM, Ray, and what they say of a run that they lost."""
