"""Specifications of the kinds `distillation.*`."""
