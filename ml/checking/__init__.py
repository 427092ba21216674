"""Measure the machine that computes."""
