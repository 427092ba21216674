"""Tasks of the kinds `answers.*`."""
