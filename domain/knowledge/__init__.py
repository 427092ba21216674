"""Bases of knowledge: passages that people curate, and what makes them searchable."""
