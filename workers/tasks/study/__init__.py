"""Tasks of the kinds `study.*`."""
