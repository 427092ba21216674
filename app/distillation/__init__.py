"""Ways to distil, compared: a grid that one form launches, and what it found."""
