"""Names as people type them."""

import unicodedata


def tidy(name: str) -> str:
    """On one line, and without control characters, which a terminal that lists it would obey."""
    words = " ".join(name.split())
    return "".join(letter for letter in words if unicodedata.category(letter) not in ("Cc", "Cs"))
