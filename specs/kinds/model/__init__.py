"""Specifications of the kinds `model.*`."""
