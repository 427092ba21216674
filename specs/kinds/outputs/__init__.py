"""Specifications of the kinds `outputs.*`."""
