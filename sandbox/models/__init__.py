"""Tiny models of the real classes, trained here from nothing."""
