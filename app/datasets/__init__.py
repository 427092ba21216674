"""Data sets: import, look at, archive."""
