"""Tasks of the kinds `dataset.*`."""
