"""A draft's pictures as they will be once it is open: one size, one format, nothing but pixels.

Opening encodes them for good in a job; this is for a look beforehand, one at a time.
"""

import io
from collections.abc import Iterable

from PIL import Image, ImageOps

from domain.errors import Conflict

MEDIA_TYPE = "image/webp"
MOST_PIXELS_A_SIDE = 1024
_GROUND = (128, 128, 128)
_QUALITY = 92
_LOSSLESS_UP_TO = 256

Size = tuple[int, int]


class PictureUnreadable(Conflict):
    def __init__(self) -> None:
        super().__init__("This picture cannot be read; opening the study would fail.")


def choose_size(sizes: Iterable[Size]) -> Size:
    """The largest width and height that occur, within bounds: nothing has to grow."""
    width = height = 1
    for across, down in sizes:
        scale = min(1.0, MOST_PIXELS_A_SIDE / max(across, down))
        width, height = max(width, round(across * scale)), max(height, round(down * scale))
    return width, height


def measure(data: bytes) -> Size:
    """Of one picture by itself, as it stands when it is turned upright."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return choose_size([ImageOps.exif_transpose(picture).size])
    except OSError as error:
        raise PictureUnreadable from error


def encode(data: bytes, size: Size) -> bytes:
    """Upright, without transparency, in the middle of a neutral ground of this size."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            flat = ImageOps.exif_transpose(picture).convert("RGBA")
    except OSError as error:
        raise PictureUnreadable from error
    flat.thumbnail(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", size, _GROUND)
    ground.paste(flat, ((size[0] - flat.width) // 2, (size[1] - flat.height) // 2), flat)
    written = io.BytesIO()
    is_small = max(size) <= _LOSSLESS_UP_TO
    ground.save(written, "WEBP", lossless=is_small, quality=_QUALITY, method=4)
    return written.getvalue()
