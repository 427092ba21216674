"""Orders of several outputs: mean ranks, whether arms differ at all, and their worth."""
