"""The encoder of the embeddings arm: a tiny one of CLIP's class, from nothing."""
