"""Near duplicates: proposed by a hash, confirmed by a second look, never chained."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageEnhance

from ml.filtering.likeness import hashing
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from ml.filtering.stages import duplicates
from ml.progress import Silent
from specs.filters.duplicates import NearDuplicates
from specs.kinds.dataset.dataset_filter import DatasetFilter
from tests import pictures

from .conftest import make_row

_OPEN: list[Stage] = []


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def build(folder: Path, saved: Any = None, **fields: Any) -> Stage:
    tools = Tools(spec=DatasetFilter(name="x"), region=None, state_dir=folder, progress=Silent())
    _OPEN.append(duplicates.build(NearDuplicates(**fields), tools, saved))
    return _OPEN[-1]


def row_of(picture: Image.Image, position: int) -> Row:
    row = make_row(position)
    row.looks[duplicates.TINY] = hashing.shrink(picture.convert("RGB"))
    return row


def judge(stage: Stage, *shots: Image.Image, start: int = 0) -> list[Reason | None]:
    return stage.judge([row_of(shot, number) for number, shot in enumerate(shots, start)])


def compress(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue()))


def draw_shape(colour: str, place: int = 20, *, back: str = "white") -> Image.Image:
    picture = Image.new("RGB", (64, 64), back)
    ImageDraw.Draw(picture).ellipse((place, 20, place + 24, 44), fill=colour)
    return picture


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return pictures.draw(320, 240, seed=5)


def test_copies_that_were_compressed_scaled_or_brightened_are_found(
    tmp_path: Path, photo: Image.Image
) -> None:
    copies = [
        compress(photo, 40),
        photo.resize((160, 120), Image.Resampling.LANCZOS),
        photo.resize((640, 480), Image.Resampling.BICUBIC),
        ImageEnhance.Brightness(photo).enhance(1.03),
        photo.crop((1, 1, 319, 239)),
    ]
    reasons = judge(build(tmp_path), photo, *copies)
    assert reasons[0] is None
    assert [reason and reason.of for reason in reasons[1:]] == ["k0"] * len(copies)
    assert "bits of the hash differ, mean difference" in (reasons[1].detail if reasons[1] else "")


def test_simple_drawings_whose_hashes_are_near_are_kept_apart(tmp_path: Path) -> None:
    """Grey and by its outline each is like the others; a second look sees colour and place."""
    shots = [
        draw_shape("#d02020"), draw_shape("#2040d0"), draw_shape("#208020"),
        draw_shape("#d02020", back="#f0e0c0"), draw_shape("#d02020", 28),
    ]  # fmt: skip
    tiny = [hashing.shrink(shot) for shot in shots]
    hashes = [hashing.hash_tiny(each) for each in tiny]
    assert (hashes[0] ^ hashes[1]).bit_count() <= 8  # the hash alone would merge them
    assert judge(build(tmp_path), *shots) == [None] * len(shots)


def test_without_a_second_look_at_cells_a_small_thing_would_be_overlooked(tmp_path: Path) -> None:
    first, second = (draw_shape("#d02020", back="#808080") for _ in range(2))
    ImageDraw.Draw(second).rectangle((8, 8, 15, 15), fill=(255, 75, 75))  # as bright as the grey
    assert hashing.mean_difference(hashing.shrink(first), hashing.shrink(second)[None])[0] < 8
    assert judge(build(tmp_path), first, second)[1] is None
    (tmp_path / "b").mkdir()
    loose = build(tmp_path / "b", max_local_difference=255, max_distance=11)
    assert judge(loose, first, second)[1] is not None


def test_groups_form_around_the_kept_one_and_are_not_chained(tmp_path: Path) -> None:
    """Each step is small, the whole way is not: the far end is a picture of its own."""
    steps = [Image.fromarray(_brighten(shift)) for shift in range(0, 40, 4)]
    reasons = judge(build(tmp_path), *steps)
    kept = [number for number, reason in enumerate(reasons) if reason is None]
    assert kept[0] == 0
    assert 1 < len(kept) < len(steps)
    for number, reason in enumerate(reasons):
        if reason is not None:
            of = int(reason.of[1:])
            assert of in kept
            difference = hashing.mean_difference(
                hashing.shrink(steps[of]), hashing.shrink(steps[number])[None]
            )
            assert difference[0] <= 8


def _brighten(shift: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """One picture, brighter and brighter."""
    texture = np.asarray(pictures.draw(seed=5)).astype(np.float64)
    return (texture * (180 / 255) + shift).astype(np.uint8)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=14), st.integers(0, 8))
def test_every_rejected_row_resembles_a_kept_one_and_kept_ones_do_not_each_other(
    tmp_path_factory: pytest.TempPathFactory, shifts: list[int], most: int
) -> None:
    stage = build(tmp_path_factory.mktemp("rule"), max_difference=most)
    shots = [Image.fromarray(_brighten(shift)) for shift in shifts]
    tiny = [hashing.shrink(shot) for shot in shots]
    reasons = judge(stage, *shots)
    kept = [number for number, reason in enumerate(reasons) if reason is None]

    def is_same(first: int, second: int) -> bool:
        bits = (hashing.hash_tiny(tiny[first]) ^ hashing.hash_tiny(tiny[second])).bit_count()
        return bits <= 8 and hashing.mean_difference(tiny[first], tiny[second][None])[0] <= most

    for number, reason in enumerate(reasons):
        earlier = [each for each in kept if each < number]
        assert (reason is not None) == any(is_same(each, number) for each in earlier)


def test_work_goes_on_from_what_was_saved_and_forgets_what_was_not(
    tmp_path: Path, photo: Image.Image
) -> None:
    other, third = pictures.draw(seed=8), pictures.draw(seed=9)
    first = build(tmp_path)
    judge(first, photo, other)
    saved = first.mark()
    judge(first, third, photo, start=2)  # never saved
    again = build(tmp_path, saved)
    reasons = judge(again, third, photo, other, start=2)
    assert [reason and reason.of for reason in reasons] == [None, "k0", "k1"]
    assert again.mark() == {"count": 3, "hits": 2}
    assert [again.complete(position)["num_duplicates"] for position in (0, 1, 2)] == [1, 1, 0]


def test_a_hash_is_hardly_moved_by_noise_and_moved_by_another_picture(photo: Image.Image) -> None:
    noise = np.random.default_rng(0).integers(-6, 7, (240, 320, 3))
    noisy = Image.fromarray((np.asarray(photo) + noise).clip(0, 255).astype(np.uint8))
    value = hashing.hash_tiny(hashing.shrink(photo))
    assert (value ^ hashing.hash_tiny(hashing.shrink(noisy))).bit_count() <= 4
    others = [hashing.hash_tiny(hashing.shrink(pictures.draw(seed=seed))) for seed in range(20, 40)]
    assert min((value ^ other).bit_count() for other in others) > 8
    assert value.bit_count() == 32  # half of all lie above the median


def test_long_keys_are_cut_in_sentences_only(tmp_path: Path, photo: Image.Image) -> None:
    stage = build(tmp_path)
    first, second = row_of(photo, 0), row_of(photo, 1)
    first.raw = first.raw.__class__(key="ö" * 400, picture=b"", caption="c")
    reasons = stage.judge([first, second])
    assert reasons[1] is not None
    assert reasons[1].of == "ö" * 120
