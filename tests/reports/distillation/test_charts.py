"""Slopes by language and the matrix of tasks: what is drawn strong, what is written where."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import drawing, look
from reports.charts.look import Chart
from reports.distillation import matrix, slopes
from reports.speech import Speech
from stats.distillation.study import Study
from tests.distillation_studies import LANGUAGES, make_study

_ = Speech("en")
CLIP = "World CLIP"


@pytest.fixture(scope="module")
def study() -> Study:
    return make_study()


def find_values(chart: Chart, part: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a part of a chart draws; charts keep their data in one place, by name."""
    found: list[dict[str, Any]] = chart.spec["datasets"][part["data"]["name"]]
    return found


@pytest.fixture(scope="module")
def slope(study: Study) -> Chart:
    chart = slopes.draw(study, CLIP, _)
    assert chart is not None
    return chart


def test_every_method_has_a_panel_with_a_line_for_each_language(slope: Chart) -> None:
    assert len(slope.spec["concat"]) == 6
    values = find_values(slope, slope.spec["concat"][0]["layer"][0])
    assert len({each["language"] for each in values}) == len(LANGUAGES)
    assert [row[0] for row in slope.rows] == [
        "English",
        "Indonesian",
        "Khmer",
        "Thai",
        "Vietnamese",
    ]


def test_the_language_that_keeps_the_smallest_share_is_the_strong_one(slope: Chart) -> None:
    of_contrast = slope.spec["concat"][3]["layer"][0]
    values = find_values(slope, of_contrast)
    assert {each["language"] for each in values if each["is_weakest"]} == {"Khmer"}


def test_the_table_beside_the_slopes_has_the_mean_of_both_directions(study: Study) -> None:
    one = make_study(labels=("DR",), teachers=(CLIP,))
    chart = slopes.draw(one, CLIP, _)
    assert chart is not None
    assert chart.rows[0][:2] == ("English", "72.5")  # of 74 and 71


@given(st.lists(st.floats(0, 100), min_size=1, max_size=11), st.floats(160, 400))
def test_no_name_is_on_top_of_another_and_all_are_inside(
    values: list[float], height: float
) -> None:
    placed = slopes.spread(values, (0.0, 100.0), height)
    gap = 14 * 100 / height
    inside = sorted(placed)
    assert all(high - low >= gap - 1e-6 for low, high in pairwise(inside))
    order = sorted(range(len(values)), key=lambda place: values[place])
    assert [placed[place] for place in order] == inside
    assert inside[0] >= -1e-9
    assert inside[-1] <= 100 + 1e-6


def test_names_that_have_room_stand_where_their_lines_end() -> None:
    assert slopes.spread([10.0, 50.0, 90.0], (0.0, 100.0), 200) == [10.0, 50.0, 90.0]


def test_two_names_at_one_place_move_apart_by_the_same() -> None:
    assert slopes.spread([50.0, 50.0], (0.0, 100.0), 140) == [45.0, 55.0]


@pytest.mark.parametrize(
    ("share", "strength"),
    [
        (1.2, 1.0), (1.0, 1.0), (0.996, 1.0), (0.994, 0.42), (0.95, 0.42), (0.9, 0.28),
        (0.8, 0.16), (0.79, 0.06), (-0.2, 0.06),
    ],
)  # fmt: skip
def test_the_colour_goes_by_the_share_as_it_is_written(share: float, strength: float) -> None:
    assert matrix.find_strength(share) == strength


def test_the_matrix_has_the_teacher_without_a_share_above_its_students(study: Study) -> None:
    chart = matrix.draw(study, CLIP, _)
    assert chart is not None
    assert chart.header == (
        "Method", "Finding texts", "Finding pictures", "Questions", "Consistency", "Purity",
    )  # fmt: skip
    assert chart.rows[0] == ("Teacher", "67.0", "64.0", "55.0", "0.710", "62.0")
    values = find_values(chart, chart.spec)
    assert {each["share"] for each in values if each["row"] == 0} == {""}
    assert len(values) == 7 * 5


def test_a_task_that_nobody_was_asked_has_no_column() -> None:
    whole = make_study()
    rows = tuple(row for row in whole.rows if row.task != "zeroshot")
    chart = matrix.draw(make_study(rows=rows), CLIP, _)
    assert chart is not None
    assert "Questions" not in chart.header


def test_without_retrieval_by_language_there_are_no_slopes() -> None:
    rows = tuple(row for row in make_study().rows if row.language == "")
    assert slopes.draw(make_study(rows=rows), CLIP, _) is None


def test_both_charts_draw_at_both_widths_with_the_roles_of_the_page(study: Study) -> None:
    for draw in (slopes.draw, matrix.draw):
        for width in (look.WIDE, look.NARROW):
            chart = draw(study, CLIP, _, width=width)
            assert chart is not None
            svg = drawing.for_page(chart)
            assert "var(--accent" in svg
            assert json.dumps(chart.title, ensure_ascii=False) in svg
