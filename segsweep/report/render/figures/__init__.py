"""Pictures of a comparison as PNG files, for papers and slides; the page draws its own from the same numbers."""
