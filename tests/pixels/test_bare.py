"""A picture as raters get it: whole, upright, on neutral ground, and without a word."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from pixels import bare
from pixels.bare import Size

ORIENTATION, TURN_RIGHT = 0x0112, 6


def draw(size: Size, colour: str = "red", *, mode: str = "RGB", **how: object) -> io.BytesIO:
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, "PNG", **how)  # type: ignore[arg-type]
    written.seek(0)
    return written


def lay_down(size: Size) -> io.BytesIO:
    exif = Image.Exif()
    exif[ORIENTATION] = TURN_RIGHT
    return draw(size, exif=exif)


def read(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.mode) == ("WEBP", "RGB")
    return picture


def test_another_shape_stands_whole_on_neutral_ground() -> None:
    encoded = read(bare.encode(draw((20, 40)), (40, 40)))

    assert encoded.size == (40, 40)
    assert encoded.getpixel((20, 20)) == (255, 0, 0)
    assert encoded.getpixel((2, 20)) == encoded.getpixel((37, 20)) == bare.GROUND


def test_what_is_transparent_shows_the_ground() -> None:
    encoded = read(bare.encode(draw((10, 10), "#ff000000", mode="RGBA"), (10, 10)))
    assert encoded.getpixel((5, 5)) == bare.GROUND


def test_a_picture_stands_upright_as_its_camera_meant_it() -> None:
    assert bare.measure(lay_down((40, 20))) == (20, 40)
    encoded = read(bare.encode(lay_down((40, 20)), (20, 40)))
    assert encoded.getpixel((1, 1)) == encoded.getpixel((18, 38)) == (255, 0, 0)
    assert not encoded.getexif()


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ([], (1, 1)),
        ([(20, 40), (30, 10)], (30, 40)),
        ([(4096, 1024)], (1024, 256)),
        ([(4096, 1024), (300, 300)], (1024, 300)),
    ],
)
def test_the_size_is_the_largest_that_occurs_within_bounds(
    sizes: Sequence[Size], chosen: Size
) -> None:
    assert bare.choose_size(sizes) == chosen


def test_few_pixels_come_through_without_loss_and_many_are_compressed() -> None:
    rng = np.random.default_rng(1)
    for side, is_same in ((bare.LOSSLESS_UP_TO, True), (bare.LOSSLESS_UP_TO + 8, False)):
        drawn = Image.fromarray(rng.integers(0, 255, (side, side, 3), dtype=np.uint8))
        written = io.BytesIO()
        drawn.save(written, "PNG")
        encoded = read(bare.encode(written, (side, side)))
        assert np.array_equal(np.asarray(encoded), np.asarray(drawn)) is is_same


@pytest.mark.parametrize("length", [0, 30, 60, 80])
def test_what_cannot_be_read_is_said(length: int) -> None:
    broken = draw((40, 40)).getvalue()[:length]
    with pytest.raises(bare.NotReadable):
        bare.measure(io.BytesIO(broken))
    with pytest.raises(bare.NotReadable):
        bare.encode(io.BytesIO(broken), (40, 40))
