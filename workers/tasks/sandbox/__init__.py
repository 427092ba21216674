"""Tasks of the kinds `sandbox.*`."""
