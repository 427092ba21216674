"""Data ablations: what each addition of data did."""
