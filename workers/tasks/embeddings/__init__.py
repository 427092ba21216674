"""Tasks of the kinds `embeddings.*`."""
