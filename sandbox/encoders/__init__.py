"""The encoders of the embeddings arm: a tiny CLIP, from nothing, and a tiny SigLIP2, from that."""
