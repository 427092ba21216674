"""Specifications of the kinds `quiz.*`."""
