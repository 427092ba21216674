"""Specifications of the kinds `knowledge.*`."""
