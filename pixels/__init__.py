"""Pictures as values: bytes in, bytes out. Knows Pillow, and neither rows nor models."""
