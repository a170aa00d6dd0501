"""Colours and lengths that the pictures share."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b4fb3", "#4b5563")
"""Six of Okabe and Ito (Color Universal Design, 2008), a violet and a gray."""
BEST = "#0b6e4f"
LONGEST_NAME = 48
"""Characters of a configuration's name in a picture."""
