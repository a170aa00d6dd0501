"""One callback per file; each does one thing and takes values, not config."""
