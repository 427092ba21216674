"""Specifications of the kinds `dataset.*`."""
