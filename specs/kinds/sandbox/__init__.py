"""Specifications of the kinds `sandbox.*`."""
