"""What any two rooms need alike, of the standard library alone: errors, files, waiting, text, processes, signals."""
