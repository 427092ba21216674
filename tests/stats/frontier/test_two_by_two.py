"""The 2x2 of adaptation and retrieval: by hand, and what belongs together."""

import numpy as np
import pytest

from stats.effects import paired_bootstrap
from stats.frontier import two_by_two
from stats.frontier.plane import Drawing
from stats.frontier.two_by_two import CELLS, TwoByTwo

DRAWING = Drawing(num_resamples=500)


def compare(*rows: list[float], clusters: dict[str, str] | None = None) -> TwoByTwo:
    """A row per cell in their order; the questions are numbered."""
    values = {
        cell: {f"q{number}": value for number, value in enumerate(row) if np.isfinite(value)}
        for cell, row in zip(CELLS, rows, strict=True)
    }
    return two_by_two.compare(values, clusters or {}, DRAWING)


def test_cells_effects_and_interaction_by_hand() -> None:
    found = compare([0, 0, 0, 1], [1, 0, 0, 1], [1, 1, 0, 1], [1, 1, 0, 1])
    assert [found.cells[cell].value for cell in CELLS] == [0.25, 0.5, 0.75, 0.75]
    effects = {name: estimate.value for name, estimate in found.effects.items()}
    assert effects == {
        "adaptation_plain": 0.5,
        "adaptation_retrieved": 0.25,
        "adaptation": 0.375,
        "retrieval_base": 0.25,
        "retrieval_adapted": 0.0,
        "retrieval": 0.125,
        "both": 0.5,
        "interaction": -0.25,
    }
    assert {cell: estimate.value for cell, estimate in found.ratios.items()} == {
        "base_retrieved": 2.0,
        "adapted_plain": 3.0,
        "adapted_retrieved": 3.0,
    }
    assert (found.num_questions, found.num_clusters, found.num_left_out) == (4, 4, 0)


def test_a_question_that_lacks_a_cell_is_left_out_of_all() -> None:
    found = compare([0, 1, 1], [0, 1, np.nan], [1, 1, 1], [1, 1, 1])
    assert (found.num_questions, found.num_left_out) == (2, 1)
    assert found.cells["base_plain"].value == 0.5


def test_what_helps_every_question_alike_is_certain() -> None:
    hard = np.random.default_rng(0).random(50)
    found = compare(*(list(hard + shift) for shift in (0, 0.1, 0.2, 0.3)))
    effect = found.effects["adaptation_plain"]
    assert effect.value == pytest.approx(0.2)
    assert effect.low == pytest.approx(0.2)
    assert found.cells["base_plain"].low is not None
    assert found.cells["base_plain"].low < found.cells["base_plain"].value  # type: ignore[operator]
    assert found.effects["interaction"].high == pytest.approx(0, abs=1e-9)


def test_versions_of_one_question_are_drawn_together() -> None:
    rows = [list(np.random.default_rng(seed).integers(0, 2, 40).astype(float)) for seed in range(4)]
    doubled = [[value for value in row for _ in range(2)] for row in rows]
    clusters = {f"q{number}": f"g{number // 2}" for number in range(80)}
    once, twice = compare(*rows), compare(*doubled, clusters=clusters)
    assert twice.num_clusters == 40
    assert twice.num_questions == 80
    assert twice.effects["adaptation"].low == pytest.approx(once.effects["adaptation"].low)
    alone = compare(*doubled)
    assert alone.effects["adaptation"].low > once.effects["adaptation"].low  # type: ignore[operator]


def test_undefined_numbers_have_a_reason() -> None:
    nothing = compare([np.nan], [1], [1], [1])
    assert nothing.cells["base_plain"].reason == two_by_two.NO_QUESTION
    assert nothing.num_left_out == 1
    one = compare([0], [1], [1], [1])
    assert one.effects["both"].value == 1.0
    assert one.effects["both"].reason == "1 cluster of questions has no spread"
    assert one.ratios["adapted_plain"].reason == "the baseline's mean is 0"
    some = compare([0, 0, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1])
    assert "resamples" in some.ratios["adapted_plain"].reason
    assert some.ratios["adapted_plain"].value == pytest.approx(3.0)


def test_a_ratio_that_is_not_always_one_is_told_as_by_every_comparison() -> None:
    rows = [[0, 0, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]
    ours = compare(*rows).ratios["adapted_plain"]
    effects = paired_bootstrap.compare(rows, num_resamples=500, seed=DRAWING.seed)
    assert ours == effects.of_variants[2].ratio
    assert "the baseline's mean is not above 0 in" in ours.reason
