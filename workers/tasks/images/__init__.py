"""Tasks of the kinds `images.*`."""
