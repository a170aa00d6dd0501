"""The comparison as one page that opens from disk: HTML, styles, code, numbers and pictures in one file."""
