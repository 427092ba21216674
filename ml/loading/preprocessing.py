"""Makes of a picture what an encoder looks at, as its folder's configuration says.

Pixels stay bytes (uint8) until the whole batch is turned into numbers at once: a fast path beside
the image processors of transformers, whose values the tests compare with.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.problems import UnfitModel

Pixels = NDArray[np.uint8]  # [H, W, 3]
FILES = ("preprocessor_config.json", "processor_config.json")
_BILINEAR = 2


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resample: Image.Resampling
    # One of three: the shorter side and a crop of its middle, a fixed size, or a number of patches.
    shortest_side: int | None = None
    crop: tuple[int, int] | None = None  # height, width
    size: tuple[int, int] | None = None  # height, width
    patch_size: int = 0
    max_num_patches: int = 0

    @property
    def side(self) -> int:
        """Pixels of the shorter side that are enough to prepare a picture from."""
        if self.size is not None:
            return max(self.size)
        if self.shortest_side is not None:
            return self.shortest_side
        return self.patch_size * math.isqrt(self.max_num_patches) * 2

    @property
    def num_bytes(self) -> int:
        """Of a prepared picture, at most; of one that is not cropped, as if it were square."""
        if self.max_num_patches:
            return self.max_num_patches * self.patch_size**2 * 3
        height, width = self.size or self.crop or (self.side, self.side)
        return height * width * 3

    def prepare(self, picture: Image.Image) -> Pixels:
        rgb = picture if picture.mode == "RGB" else picture.convert("RGB")
        if self.size is not None:
            return np.asarray(self._resize(rgb, *self.size))
        if self.shortest_side is not None:
            return self._crop(rgb)
        height, width = fit_patches(rgb.height, rgb.width, self.patch_size, self.max_num_patches)
        return np.asarray(self._resize(rgb, height, width))

    def _resize(self, picture: Image.Image, height: int, width: int) -> Image.Image:
        if picture.size == (width, height):
            return picture
        return picture.resize((width, height), self.resample)

    def _crop(self, picture: Image.Image) -> Pixels:
        assert self.shortest_side is not None
        short = min(picture.size)
        scaled = [
            int(self.shortest_side * side / short) for side in (picture.height, picture.width)
        ]
        pixels = np.asarray(self._resize(picture, *scaled))
        if self.crop is None:
            return pixels
        height, width = self.crop
        top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
        if top < 0 or left < 0:  # a crop larger than the picture is filled up with black
            grow = (
                (max(0, height - pixels.shape[0]) + 1) // 2,
                (max(0, width - pixels.shape[1]) + 1) // 2,
            )
            pixels = np.pad(pixels, ((grow[0], grow[0]), (grow[1], grow[1]), (0, 0)))
            top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
        return pixels[top : top + height, left : left + width]


def read(folder: Path, config: Mapping[str, Any]) -> Preprocessing:
    """`config` is the model's own, which says how large patches are."""
    facts = _find_facts(folder)
    mean = tuple(map(float, facts.get("image_mean", (0.5, 0.5, 0.5))))
    std = tuple(map(float, facts.get("image_std", (0.5, 0.5, 0.5))))
    resample = Image.Resampling(int(facts.get("resample", _BILINEAR)))
    look = functools.partial(Preprocessing, mean=mean, std=std, resample=resample)
    if config["model_type"] == "siglip2":
        return look(
            patch_size=int(facts.get("patch_size", config["vision_config"]["patch_size"])),
            max_num_patches=int(facts.get("max_num_patches", 256)),
        )
    size = _read_size(facts.get("size"), folder)
    if "shortest_edge" in size:
        crop = _read_size(facts.get("crop_size", size["shortest_edge"]), folder)
        side = crop.get("shortest_edge", 0)
        pair = (crop.get("height", side), crop.get("width", side))
        return look(
            shortest_side=size["shortest_edge"],
            crop=pair if facts.get("do_center_crop", True) else None,
        )
    return look(size=(size["height"], size["width"]))


def _find_facts(folder: Path) -> dict[str, Any]:
    for name in FILES:
        if (folder / name).is_file():
            facts = weights.read_json(folder / name)
            nested = facts.get("image_processor", facts)
            return nested if isinstance(nested, dict) else facts
    raise UnfitModel(
        f"'{shown(folder.name)}' does not say how pictures are prepared: it has no '{FILES[0]}'."
    )


def _read_size(value: Any, folder: Path) -> dict[str, int]:
    """Older files say one number where newer ones name it."""
    if isinstance(value, int):
        return {"shortest_edge": value}
    if isinstance(value, dict) and ("shortest_edge" in value or {"height", "width"} <= set(value)):
        return {name: int(number) for name, number in value.items() if number is not None}
    raise UnfitModel(
        f"'{shown(folder.name)}' says of the size of pictures '{shown(value)}', which is not "
        "understood."
    )


@functools.lru_cache(maxsize=4096)
def fit_patches(height: int, width: int, patch: int, most: int) -> tuple[int, int]:
    """The largest size of about this shape, in whole patches, that has at most so many of them."""

    def scaled(scale: float) -> tuple[int, int]:
        sides = (max(patch, math.ceil(side * scale / patch) * patch) for side in (height, width))
        rows, columns = sides
        return rows, columns

    low, high, close = 1e-6, 100.0, 1e-5
    while high - low >= close:
        middle = (low + high) / 2
        rows, columns = scaled(middle)
        low, high = (middle, high) if rows * columns <= most * patch**2 else (low, middle)
    return scaled(low)
