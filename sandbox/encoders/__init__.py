"""The encoders of the embeddings arm: tiny ones of CLIP's and SigLIP2's classes, from nothing."""
