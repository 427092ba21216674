"""A picture as raters get it: one format, a size that is given, nothing but pixels.

What is smaller or of another shape stands in the middle of a neutral ground; nothing is cropped or
blown up. An opening encodes all pictures of a study by it, and a look at a draft one at a time:
by the same code, so that nobody sees in a preview what raters will not see.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from pixels.damage import DAMAGE

MEDIA_TYPE = "image/webp"
MOST_PIXELS_A_SIDE = 1024
GROUND = (128, 128, 128)
QUALITY = 92
# Drawings of a few pixels lose by compression, and weigh next to nothing without.
LOSSLESS_UP_TO = 256
_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)  # of EXIF

Size = tuple[int, int]
Source = Path | BinaryIO


class NotReadable(ValueError):
    """What Pillow says of it."""


def choose_size(sizes: Iterable[Size]) -> Size:
    """The largest width and height that occur, within bounds: nothing has to grow."""
    width = height = 1
    for across, down in sizes:
        scale = min(1.0, MOST_PIXELS_A_SIDE / max(across, down))
        width, height = max(width, round(across * scale)), max(height, round(down * scale))
    return width, height


def measure(source: Source) -> Size:
    """As it stands when it is turned upright."""
    try:
        with Image.open(source) as picture:
            across, down = picture.size
            is_turned = picture.getexif().get(_ORIENTATION, 1) in _TURNED
    except DAMAGE as error:
        raise NotReadable(str(error)) from error
    return (down, across) if is_turned else (across, down)


def encode(source: Source, size: Size) -> bytes:
    try:
        with Image.open(source) as picture:
            return _write(place(picture, size))
    except DAMAGE as error:
        raise NotReadable(str(error)) from error


def place(picture: Image.Image, size: Size) -> Image.Image:
    """Upright, without transparency, in the middle of a ground of this size."""
    flat = ImageOps.exif_transpose(picture).convert("RGBA")
    flat.thumbnail(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", size, GROUND)
    ground.paste(flat, ((size[0] - flat.width) // 2, (size[1] - flat.height) // 2), flat)
    return ground


def _write(picture: Image.Image) -> bytes:
    # A new picture of the pixels alone: no profile, no metadata, whatever the file brought along.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    written = io.BytesIO()
    is_small = max(picture.size) <= LOSSLESS_UP_TO
    bare.save(written, "WEBP", lossless=is_small, quality=QUALITY, method=4)
    return written.getvalue()
