"""Specifications of the kinds `system.*`."""
