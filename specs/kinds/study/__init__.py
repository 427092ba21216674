"""Specifications of the kinds `study.*`."""
