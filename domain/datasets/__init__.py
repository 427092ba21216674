"""Imported collections of pictures with captions."""
