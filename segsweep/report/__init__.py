"""The comparison of runs: which choice is better, by how much, and whether that is real; reads results only."""
