"""Specifications of the kinds `benchmark.*`."""
