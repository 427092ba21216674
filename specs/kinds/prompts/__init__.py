"""Specifications of the kinds `prompts.*`."""
