"""Tasks of the kinds `knowledge.*`."""
