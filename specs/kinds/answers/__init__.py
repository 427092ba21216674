"""Specifications of the kinds `answers.*`."""
