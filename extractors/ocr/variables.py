"""What Tesseract is told beside the picture, by either binding."""

from __future__ import annotations

VARIABLES = (
    ("tessedit_do_invert", "0"),  # paper is dark on white: no second pass over weak lines with black and white swapped
    ("textord_all_prop", "1"),  # the network finds letters itself: no search for the pitch of typewriters (3 %)
)
