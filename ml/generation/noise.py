"""Where randomness comes from: the prompt's text and the seed, and nothing else.

Neither the batch a picture is in, nor the device, the number format, the variant or what was made
before it. So variants of a sweep differ in their weights alone, and pictures of one seed show
different noise for different prompts.
"""

import hashlib
from collections.abc import Sequence

import torch

# Changes when the way from text to number does: pictures are then no longer the same.
_VERSION = 1


def derive(text: str, seed: int) -> int:
    """A number below 2^63, equal on every machine."""
    data = f"{_VERSION}\0{seed}\0{text}".encode()
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big") >> 1


def make_generator(text: str, seed: int) -> torch.Generator:
    """On the processor: a GPU's own generator would give other numbers."""
    return torch.Generator("cpu").manual_seed(derive(text, seed))


def draw_latents(
    generators: Sequence[torch.Generator], shape: tuple[int, int, int]
) -> torch.Tensor:
    """One starting point per picture, in fp32: fp16 would draw other numbers. What a stochastic
    scheduler draws later comes from the same generators.
    """
    return torch.stack([torch.randn(shape, generator=each) for each in generators])
