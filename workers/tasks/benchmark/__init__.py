"""Tasks of the kinds `benchmark.*`."""
