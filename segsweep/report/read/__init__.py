"""From folders of runs, or a project on W&B, to configurations and their numbers."""
