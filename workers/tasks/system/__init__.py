"""Tasks of the kinds `system.*`."""
