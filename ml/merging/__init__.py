"""Mixes the weights of two models, streaming, for several shares in one pass."""
