"""Tasks of the kinds `outputs.*`."""
