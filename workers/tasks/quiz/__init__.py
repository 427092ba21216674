"""Tasks of the kinds `quiz.*`."""
