"""The pictures of Phi-4 multimodal, prepared with Pillow.

Transformers prepares them with torchvision only. Sizes, masks and numbers of tokens are computed
as there; pixels differ by no more than two ways of rounding do.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import BatchFeature
from transformers.image_processing_backends import PilBackend
from transformers.image_utils import PILImageResampling, SizeDict
from transformers.processing_utils import ImagesKwargs

_SMALLEST = 10  # pixels of a side; smaller ones are refused there too
_WHITE = 255


class Phi4MultimodalImageProcessorKwargs(ImagesKwargs, total=False):
    patch_size: int
    dynamic_hd: int


class Phi4MultimodalImageProcessorPil(PilBackend):
    """A picture as the whole of it, in one tile, and as tiles of its own size, at most `dynamic_hd`
    of them, filled up with white.
    """

    resample = PILImageResampling.BICUBIC
    size = {"height": 448, "width": 448}  # noqa: RUF012 - how transformers declares it
    patch_size = 14
    dynamic_hd = 36
    image_mean = [0.5, 0.5, 0.5]  # noqa: RUF012 - the same
    image_std = [0.5, 0.5, 0.5]  # noqa: RUF012 - the same
    do_rescale = True
    do_normalize = True
    do_convert_rgb = True
    valid_kwargs = Phi4MultimodalImageProcessorKwargs
    model_input_names = ["image_pixel_values", "image_sizes", "image_attention_mask"]  # noqa: RUF012

    def _preprocess(  # type: ignore[override]  # transformers names every setting
        self, images: Sequence[NDArray[np.uint8]], size: SizeDict, **settings: Any
    ) -> BatchFeature:
        if size.height != size.width or not size.height:
            raise ValueError("Phi-4 multimodal takes square tiles only.")
        made = [self._prepare(image, size.height, settings) for image in images]
        most = max(len(pixels) for pixels, _, _ in made)
        masks = [mask for _, mask, _ in made]
        return BatchFeature(
            data={
                "image_pixel_values": torch.stack([_fill(each, most, 0) for each, _, _ in made]),
                "image_sizes": torch.tensor([sizes for _, _, sizes in made]),
                "image_attention_mask": torch.stack([_fill(mask, most, 1) for mask in masks]),
                "num_img_tokens": [
                    count_tokens(mask, sizes, size.height) for _, mask, sizes in made
                ],
            }
        )

    def _prepare(
        self, image: NDArray[np.uint8], side: int, settings: dict[str, Any]
    ) -> tuple[torch.Tensor, torch.Tensor, tuple[int, int]]:
        """Tiles NCHW, the first one the whole picture; their masks; and the size of all of them."""
        columns, rows = choose_tiles(image.shape[2], image.shape[1], side, settings["dynamic_hd"])
        width, height = fit(image.shape[2], image.shape[1], columns * side, rows * side)
        patch = settings["patch_size"]
        mask = make_mask(side // patch, (rows, columns), (height, width), (side, patch))
        small = self.resize(
            image, SizeDict(height=height, width=width), PILImageResampling.BILINEAR
        )
        filled = np.full((3, rows * side, columns * side), _WHITE, np.float32)
        filled[:, :height, :width] = small
        pixels = torch.from_numpy(self._normalise(filled, settings))
        whole = functional.interpolate(
            pixels[None], size=(side, side), mode="bicubic", align_corners=False, antialias=False
        )
        tiles = pixels.view(3, rows, side, columns, side).permute(1, 3, 0, 2, 4)
        masks = mask.view(rows, side // patch, columns, side // patch).transpose(1, 2)
        return (
            torch.cat([whole, tiles.reshape(-1, 3, side, side)]),
            torch.cat(
                [
                    torch.ones(1, side // patch, side // patch),
                    masks.reshape(-1, *[side // patch] * 2),
                ]
            ),
            (rows * side, columns * side),
        )

    def _normalise(
        self, pixels: NDArray[np.float32], settings: dict[str, Any]
    ) -> NDArray[np.float32]:
        if settings["do_rescale"]:
            pixels = self.rescale(pixels, settings["rescale_factor"])
        if settings["do_normalize"]:
            pixels = self.normalize(pixels, settings["image_mean"], settings["image_std"])
        return pixels.astype(np.float32)


def choose_tiles(width: int, height: int, side: int, most: int) -> tuple[int, int]:
    """Columns and rows: as many as the picture fills; of a large one, the grid of its shape."""
    columns, rows = math.ceil(width / side), math.ceil(height / side)
    if columns * rows <= most:
        return columns, rows
    shape, nearest, chosen = width / height, math.inf, (1, 1)
    for across, down in list_grids(most):
        distance = abs(shape - across / down)
        is_full = width * height > 0.5 * side * side * across * down
        if distance < nearest or (distance == nearest and is_full):
            nearest, chosen = distance, (across, down)
    return chosen


@lru_cache
def list_grids(most: int) -> tuple[tuple[int, int], ...]:
    """By their number of tiles. Within one number their order is that of a set that was filled in
    this very way: of two grids that fit as well as each other, the order decides, there as here.
    """
    grids = {
        (across, down)
        for longer in range(1, most + 1)
        for across in range(1, longer + 1)
        for down in range(1, longer + 1)
        if across * down <= most
    }
    return tuple(sorted(grids, key=lambda grid: grid[0] * grid[1]))


def fit(width: int, height: int, most_wide: int, most_high: int) -> tuple[int, int]:
    """The largest size of the same shape."""
    across, down = most_wide / width, most_high / height
    is_wide = across < down
    found = (most_wide, int(height * across)) if is_wide else (int(width * down), most_high)
    if min(*found, most_wide, most_high) < _SMALLEST:
        raise ValueError(
            f"A picture of {width:,} x {height:,} pixels is too narrow for Phi-4 multimodal."
        )
    return found


def make_mask(
    per_tile: int, grid: tuple[int, int], size: tuple[int, int], units: tuple[int, int]
) -> torch.Tensor:
    """Where the picture is: all patches but those that are filling alone."""
    side, patch = units
    mask = torch.ones(per_tile * grid[0], per_tile * grid[1])
    below, beside = (
        math.floor((tiles * side - pixels) / patch)
        for tiles, pixels in zip(grid, size, strict=True)
    )
    if beside:
        mask[:, -beside:] = 0
    if below:
        mask[-below:, :] = 0
    return mask


def count_tokens(masks: torch.Tensor, size: tuple[int, int], side: int) -> int:
    """Of the whole picture, of the tiles where there is picture, and of the ends of their rows."""
    rows, columns = size[0] // side, size[1] // side
    half = masks[1:, 0::2, 0::2]
    base = half.shape[-1]
    laid = half.view(rows, columns, base, base).transpose(1, 2).reshape(rows * base, columns * base)
    return base**2 + 1 + int(laid.sum()) + int(laid[:, 0].sum()) + base


def _fill(tiles: torch.Tensor, most: int, filling: int) -> torch.Tensor:
    rest = tiles.new_full((most - len(tiles), *tiles.shape[1:]), filling)
    return torch.cat([tiles, rest])
