"""Is this a picture that can be trained on? Looks at the bytes, then at the header, then decodes.

Limits are applied before decoding: a file of a few kilobytes can claim to be gigapixels.
"""

import hashlib
import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from ml.datasets import filetypes
from ml.datasets.problems import Reason, UnfitItem
from pixels.damage import DAMAGE

SMALLEST_SIDE = 50  # pixels; smaller pictures are kept and noted, a filter may drop them
PREVIEW_SIDE = 384
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, kw_only=True)
class Limits:
    max_file_bytes: int
    max_pixels: int


# Of pictures that a model is to see, whose specification sets none of its own.
LIMITS = Limits(max_file_bytes=64_000_000, max_pixels=100_000_000)


@dataclass(frozen=True, kw_only=True)
class Picture:
    width: int  # as stored; an EXIF orientation is applied to previews only
    height: int
    format: str
    sha256: str
    thumbnail: Image.Image | None

    @property
    def is_small(self) -> bool:
        return min(self.width, self.height) < SMALLEST_SIDE


@contextmanager
def pillow_settings() -> Iterator[None]:
    """Pillow's own pixel limit is one number per process, warns before it refuses, and is lower
    than what a spec may allow: `inspect` refuses by the spec's limit, before any decoding. Its
    warnings about odd metadata are of no use: what cannot be decoded is listed as a problem.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def read_file(path: Path, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size <= limits.max_file_bytes:
            return path.read_bytes()
    except OSError as error:  # no permission, a bad sector, deleted meanwhile
        raise UnfitItem(
            Reason.UNREADABLE_FILE, f"The file cannot be read: {error.strerror}."
        ) from error
    raise UnfitItem(
        Reason.FILE_TOO_LARGE,
        f"The file has {size / 1e6:,.1f} MB; at most {limits.max_file_bytes / 1e6:,.1f} MB "
        "are read.",
    )


def inspect(data: bytes, limits: Limits, *, with_thumbnail: bool = False) -> Picture:
    _check_bytes(data, limits)
    try:
        with Image.open(io.BytesIO(data), formats=filetypes.PICTURE_FORMATS) as image:
            _check_header(image, limits)
            image.load()
            return Picture(
                width=image.width,
                height=image.height,
                format=str(image.format),
                sha256=hashlib.sha256(data).hexdigest(),
                thumbnail=make_thumbnail(image) if with_thumbnail else None,
            )
    except DAMAGE as error:
        raise _name_damage(error) from error


@dataclass(frozen=True, kw_only=True)
class Opened:
    width: int  # as stored
    height: int
    format: str
    small: Image.Image  # upright and RGB, its shorter side at least what was asked for


def open_small(data: bytes, limits: Limits, *, side: int) -> Opened:
    """Decode once, and no larger than needed: a JPEG is scaled while it is decoded."""
    _check_bytes(data, limits)
    try:
        with Image.open(io.BytesIO(data), formats=filetypes.PICTURE_FORMATS) as image:
            _check_header(image, limits)
            width, height, form = image.width, image.height, str(image.format)
            scale = side / max(1, min(width, height))
            if scale < 1:
                image.draft("RGB", (math.ceil(width * scale), math.ceil(height * scale)))
            image.load()
            turned = image.getexif().get(_EXIF_ORIENTATION)
            upright = ImageOps.exif_transpose(image) if turned else image
            return Opened(width=width, height=height, format=form, small=upright.convert("RGB"))
    except DAMAGE as error:
        raise _name_damage(error) from error


def open_upright(data: bytes, limits: Limits) -> Image.Image:
    """All its pixels, RGB, as a person would see them."""
    _check_bytes(data, limits)
    try:
        with Image.open(io.BytesIO(data), formats=filetypes.PICTURE_FORMATS) as image:
            _check_header(image, limits)
            image.load()
            return ImageOps.exif_transpose(image).convert("RGB")
    except DAMAGE as error:
        raise _name_damage(error) from error


def _check_bytes(data: bytes, limits: Limits) -> None:
    if not data:
        raise UnfitItem(Reason.EMPTY_FILE, "The picture has no bytes.")
    if len(data) > limits.max_file_bytes:
        raise UnfitItem(
            Reason.FILE_TOO_LARGE,
            f"The picture has {len(data) / 1e6:,.1f} MB; at most "
            f"{limits.max_file_bytes / 1e6:,.1f} MB are read.",
        )
    head = data[: filetypes.HEAD_BYTES]
    if filetypes.find_picture_format(head) is None:
        raise UnfitItem(
            Reason.NOT_A_PICTURE,
            f"This is not a picture that can be read: by its contents it is "
            f"{filetypes.name_contents(head)}.",
        )


def _check_header(image: Image.Image, limits: Limits) -> None:
    num_pixels = image.width * image.height
    if num_pixels > limits.max_pixels:
        raise UnfitItem(
            Reason.TOO_MANY_PIXELS,
            f"The picture is {image.width:,} x {image.height:,} = {num_pixels / 1e6:,.1f} "
            f"megapixels; at most {limits.max_pixels / 1e6:,.1f} are decoded.",
        )
    num_frames = getattr(image, "n_frames", 1)
    if num_frames > 1:
        raise UnfitItem(
            Reason.ANIMATED_PICTURE,
            f"The {image.format} file holds {num_frames} pictures; one is expected.",
        )


def _name_damage(error: Exception) -> UnfitItem:
    if "truncated" in str(error).lower():
        return UnfitItem(Reason.TRUNCATED_PICTURE, "The picture ends too early.")
    return UnfitItem(Reason.BROKEN_PICTURE, "The picture cannot be decoded: it is damaged.")


def make_thumbnail(image: Image.Image) -> Image.Image:
    """Small, upright, and pixels only: no EXIF, no place, no embedded profile."""
    small = image.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.BICUBIC, reducing_gap=2.0)
    if image.getexif().get(_EXIF_ORIENTATION):
        small = ImageOps.exif_transpose(small)
    has_alpha = "A" in small.getbands() or "transparency" in small.info
    small = small.convert("RGBA" if has_alpha else "RGB")
    small.info.clear()
    return small


def encode_preview(thumbnail: Image.Image) -> bytes:
    """The only thing that browsers get of a picture that somebody uploaded."""
    out = io.BytesIO()
    thumbnail.save(out, "WEBP", quality=82, method=2, exif=b"", icc_profile=None, xmp=b"")
    return out.getvalue()
