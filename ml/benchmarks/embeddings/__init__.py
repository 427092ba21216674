"""Benchmarks of embeddings: what models of pictures and texts put together, and how rightly."""
