"""Drawings as tensors. Shapes: B batch, C channels, H height, W width."""

from collections.abc import Iterable

import numpy as np
import torch
from PIL import Image


def to_pixels(pictures: Iterable[Image.Image]) -> torch.Tensor:
    """uint8 BCHW: what is kept in memory."""
    stacked = np.stack([np.asarray(each.convert("RGB"), dtype=np.uint8) for each in pictures])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()


def to_tensor(pixels: torch.Tensor) -> torch.Tensor:
    """Float BCHW from -1 to 1: what models read."""
    return pixels.float().div(127.5).sub(1)


def to_images(pixels: torch.Tensor) -> list[Image.Image]:
    return [Image.fromarray(each.permute(1, 2, 0).numpy()) for each in pixels]


def choose_pieces(
    pixels: torch.Tensor, num: int, side: int, generator: torch.Generator
) -> torch.Tensor:
    """So many squares at random places of random pictures, with repetition."""
    most = pixels.shape[-1] - side + 1
    pictures = torch.randint(len(pixels), (num,), generator=generator).tolist()
    corners = torch.randint(most, (num, 2), generator=generator).tolist()
    return torch.stack(
        [
            pixels[picture, :, top : top + side, left : left + side]
            for picture, (top, left) in zip(pictures, corners, strict=True)
        ]
    )
