"""Specifications of the kinds `questions.*`."""
