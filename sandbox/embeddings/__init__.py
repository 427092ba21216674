"""The embeddings arm: pictures captioned in five languages, in two halves and to learn from."""
