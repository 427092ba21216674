"""What each addition of data did: helps, hurts, or cannot be told."""

import numpy as np
import pytest

from stats.frontier import ablation
from stats.frontier.ablation import Run
from stats.frontier.plane import Drawing

DRAWING = Drawing(num_resamples=500)
NUM = 200


def make_run(label: str, num_right: int, against: int = 0) -> Run:
    """The first so many of the questions are right."""
    values = {f"q{number}": float(number < num_right) for number in range(NUM)}
    return Run(label=label, values=values, against=against)


def test_every_run_stands_beside_the_base_and_beside_what_it_adds_to() -> None:
    runs = [
        make_run("base", 20),
        make_run("50k", 30),
        make_run("250k", 80, 1),
        make_run("+ open", 86, 2),
        make_run("+ choice", 44, 2),
        make_run("+ nothing", 80, 2),
    ]
    found = ablation.compare(runs, {}, DRAWING)
    assert found.base.value == 0.1
    assert [row.label for row in found.rows] == ["50k", "250k", "+ open", "+ choice", "+ nothing"]
    assert [row.against for row in found.rows] == ["base", "50k", "250k", "250k", "250k"]
    assert [row.to_base.value for row in found.rows] == pytest.approx([0.05, 0.3, 0.33, 0.12, 0.3])
    assert [row.to_before.value for row in found.rows] == pytest.approx(
        [0.05, 0.25, 0.03, -0.18, 0.0]
    )
    assert [row.verdict for row in found.rows] == [
        "helps", "helps", "helps", "hurts", "cannot be told",
    ]  # fmt: skip


def test_runs_are_compared_on_the_questions_that_all_answered() -> None:
    base = make_run("base", 20)
    fewer = Run(label="fewer", values={key: base.values[key] for key in list(base.values)[:50]})
    found = ablation.compare([base, fewer], {}, DRAWING)
    assert (found.num_questions, found.num_left_out) == (50, 150)
    assert found.base.value == 0.4


def test_what_is_one_question_in_many_languages_tells_less() -> None:
    random = np.random.default_rng(0)
    base, other = (random.integers(0, 2, 12).astype(float) for _ in range(2))
    runs = [
        Run(label=name, values={f"q{n}": value for n, value in enumerate(np.repeat(values, 10))})
        for name, values in (("base", base), ("other", other))
    ]
    groups = {f"q{number}": f"g{number // 10}" for number in range(120)}
    alone, together = (ablation.compare(runs, each, DRAWING).rows[0] for each in ({}, groups))
    assert alone.to_base.value == together.to_base.value
    assert alone.to_base.low is not None
    assert together.to_base.low is not None
    assert together.to_base.low < alone.to_base.low
    assert ablation.compare(runs, groups, DRAWING).num_clusters == 12
