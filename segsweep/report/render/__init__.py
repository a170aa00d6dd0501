"""The comparison as text, Markdown, LaTeX, CSV, pictures, a page, and a run on W&B."""
