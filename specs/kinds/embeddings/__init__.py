"""Specifications of the kinds `embeddings.*`."""
