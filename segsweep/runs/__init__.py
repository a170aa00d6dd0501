"""What a run leaves: its record, its folder, and the words for both; no torch."""
