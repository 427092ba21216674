"""Tasks of the kinds `model.*`."""
