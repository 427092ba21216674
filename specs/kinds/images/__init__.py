"""Specifications of the kinds `images.*`."""
