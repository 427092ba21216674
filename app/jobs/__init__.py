"""Launching, watching and steering jobs."""
