"""What happens to a picture on its way into a pool."""

import io
import random

from PIL import Image, ImageFilter

from sandbox.pool.plan import Entry, FileFault
from sandbox.world.scene import SIDE

UNREADABLE: tuple[FileFault, ...] = ("cut_off", "no_picture")
_NO_PICTURE = b"<!doctype html><title>404</title><p>The picture has moved.</p>"
_TINY = 24  # pixels
_BLUR = (2.4, 3.2)  # radius in pixels; nothing sharp is left
_SIZES = (64, 64, 72, 80, 96)


def encode(picture: Image.Image) -> bytes:
    """Without loss: what was drawn is what is there."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return file.getvalue()


def apply(entry: Entry, picture: Image.Image, seed: int) -> bytes:
    """The file in which this drawing is found."""
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    if entry.is_copy:
        return copy(picture, rng)
    match entry.file_fault:
        case "cut_off":
            data = encode(picture)
            return data[: rng.randint(60, len(data) * 3 // 4)]
        case "no_picture":
            return _NO_PICTURE
        case "tiny":
            return encode(picture.resize((_TINY, _TINY), Image.Resampling.BOX))
    return encode(soften(entry, picture))


def soften(entry: Entry, picture: Image.Image) -> Image.Image:
    """Blurred, if it is one of those."""
    if entry.file_fault != "blurred":
        return picture
    radius = random.Random(entry.seed).uniform(*_BLUR)  # noqa: S311 - the same
    return picture.filter(ImageFilter.GaussianBlur(radius))


def copy(picture: Image.Image, rng: random.Random) -> bytes:
    """The same picture as another site has it: cut by less than a pixel, scaled, a little darker or
    brighter, and compressed.
    """
    cut = [rng.choice((0.0, rng.uniform(0.1, 0.45))) for _ in range(4)]
    side = rng.choice(_SIZES)
    box = (cut[0], cut[1], SIDE - cut[2], SIDE - cut[3])
    shift = rng.choice((-3, -2, 0, 2, 3))
    changed = picture.resize((side, side), Image.Resampling.BICUBIC, box=box).point(
        [min(255, max(0, value + shift)) for value in range(256)] * 3
    )
    file = io.BytesIO()
    changed.save(file, "JPEG", quality=rng.randint(82, 94), subsampling=0)
    return file.getvalue()


def measure(data: bytes) -> tuple[int, int]:
    """Width and height, by the head of the file."""
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size
