"""Benchmarks of embeddings: one specification for each way of asking by similarity alone."""
