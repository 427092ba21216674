"""A report as files: JSON that is read back, and tables with a codebook beside them."""
