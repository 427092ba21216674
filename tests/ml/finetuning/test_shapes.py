import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.finetuning.data import shapes
from ml.finetuning.data.shapes import Size
from ml.training.problems import UnfitForTraining

sides = st.integers(1, 4000)


def test_shapes_of_sdxl_are_the_usual_ones() -> None:
    sizes = shapes.list_sizes(1024, grain=64, max_aspect=2.0)
    assert sizes[0] == Size(1024, 1024)
    assert Size(832, 1216) in sizes
    assert Size(1216, 832) in sizes
    assert {size.width % 64 or size.height % 64 for size in sizes} == {0}


@given(side=st.sampled_from([32, 64, 512, 1024]), aspect=st.floats(1, 4))
def test_every_shape_fits_its_bounds(side: int, aspect: float) -> None:
    sizes = shapes.list_sizes(side, grain=4, max_aspect=aspect)
    assert len(set(sizes)) == len(sizes)
    for size in sizes:
        assert size.width * size.height <= side * side
        assert max(size.width, size.height) <= aspect * min(size.width, size.height)
        assert size.width % 4 == size.height % 4 == 0


def test_only_the_square_is_left_when_shapes_are_switched_off() -> None:
    assert shapes.list_sizes(512, grain=64, max_aspect=1.0) == (Size(512, 512),)


def test_a_resolution_that_the_model_cannot_halve_is_refused() -> None:
    with pytest.raises(UnfitForTraining, match="needs a multiple of 64: take 448 or 512"):
        shapes.list_sizes(500, grain=64, max_aspect=2.0)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(500, 500, Size(32, 32)), (960, 640, Size(40, 24)), (640, 960, Size(24, 40))],
)
def test_a_picture_gets_the_nearest_shape(width: int, height: int, expected: Size) -> None:
    sizes = (Size(32, 32), Size(40, 24), Size(24, 40))
    assert shapes.choose_size(sizes, width, height) == expected


@given(sides, sides, st.floats(0, 1), st.floats(0, 1))
def test_what_is_cut_lies_inside_the_picture(
    width: int, height: int, across: float, down: float
) -> None:
    cut = shapes.cut(width, height, Size(64, 48), across=across, down=down)
    left, top, right, bottom = cut.box
    assert (right - left, bottom - top) == (64, 48)
    assert 0 <= left <= right <= cut.scaled.width
    assert 0 <= top <= bottom <= cut.scaled.height
    assert min(cut.scaled.width - 64, cut.scaled.height - 48) <= 1  # no more is lost than must be


def test_a_picture_of_twice_the_size_is_halved_and_centred() -> None:
    cut = shapes.cut(200, 100, Size(50, 50))
    assert cut.scaled == Size(100, 50)
    assert (cut.left, cut.top) == (25, 0)
    assert math.isclose(cut.scaled.width / cut.scaled.height, 2.0)
