"""The value of a study: what it holds together, and its JSON."""

import json
import re
from dataclasses import replace

import pytest

from stats.distillation.rows import Row, StudyUnfit
from stats.distillation.study import Study

from .conftest import MakeRows, MakeStudy

GRID = ("image-to-text", "MRR@10")


def test_a_cell_has_mean_spread_and_share_of_the_teachers(make_study: MakeStudy) -> None:
    cell = make_study().find("clip", "DR", (*GRID, "th"))
    assert cell is not None
    assert cell.values == (60.0, 62.0)
    assert (cell.mean, cell.spread, cell.share) == (61.0, 2.0, 61 / 80)
    assert cell.one_item == 1.0


def test_the_teacher_stands_beside_with_the_share_1(make_study: MakeStudy) -> None:
    cell = make_study().find("clip", "teacher", (*GRID, "en"))
    assert cell is not None
    assert (cell.mean, cell.spread, cell.share) == (80.0, None, 1.0)


def test_averages_are_of_shares_by_seed(make_study: MakeStudy) -> None:
    """DR: (80 + 60) / 160 and (78 + 62) / 160; ED: (66 + 66) / 160 and (70 + 68) / 160."""
    teacher, dr, ed = make_study().averages
    assert (teacher.method, teacher.mean, teacher.values) == ("teacher", 1.0, (1.0,))
    assert dr.values == pytest.approx((0.875, 0.875))
    assert ed.values == pytest.approx((0.825, 0.8625))
    assert ed.mean == pytest.approx(0.84375)
    assert ed.spread == pytest.approx(0.0375)


def test_tasks_weigh_the_same_however_many_languages_they_have(
    make_rows: MakeRows, make_study: MakeStudy
) -> None:
    """Languages first: (1 + .5) / 2 in one task, .25 in the other, (.75 + .25) / 2 over both. What
    is of all languages together counts only where there is nothing by language.
    """
    rows = make_rows(
        {
            ("teacher", "image-to-text", "en"): [80.0],
            ("teacher", "image-to-text", "th"): [80.0],
            ("teacher", "image-to-text", ""): [80.0],
            ("teacher", "purity", ""): [80.0],
            ("DR", "image-to-text", "en"): [80.0, 80.0],
            ("DR", "image-to-text", "th"): [40.0, 40.0],
            ("DR", "image-to-text", ""): [0.0, 0.0],
            ("DR", "purity", ""): [20.0, 20.0],
        }
    )
    study = make_study(labels=("DR",), rows=tuple(rows))
    assert study.averages[1].mean == pytest.approx(0.5)
    assert study.averages[1].num_cells == 3


def test_where_the_teacher_has_nothing_there_is_no_share(
    make_rows: MakeRows, make_study: MakeStudy
) -> None:
    rows = make_rows(
        {
            ("teacher", "image-to-text", "en"): [80.0],
            ("teacher", "consistency", "en"): [-0.1],
            ("DR", "image-to-text", "en"): [40.0, 40.0],
            ("DR", "consistency", "en"): [0.2, 0.2],
        }
    )
    study = make_study(labels=("DR",), rows=tuple(rows))
    cell = study.find("clip", "DR", ("consistency", "rank correlation", "en"))
    assert cell is not None
    assert cell.share is None
    assert study.averages[1].mean == pytest.approx(0.5)


def test_kept_is_the_smallest_share_of_retrieval(make_study: MakeStudy) -> None:
    dr, ed = make_study().kept
    assert (dr.method, dr.task, dr.language) == ("DR", "image-to-text", "th")
    assert dr.share == pytest.approx(61 / 80)
    assert not dr.is_kept
    assert ed.share == pytest.approx(67 / 80)


def test_ninety_five_per_cent_in_every_language_is_kept(
    make_rows: MakeRows, make_study: MakeStudy
) -> None:
    rows = make_rows(
        {
            ("teacher", "text-to-image", "en"): [80.0],
            ("DR", "text-to-image", "en"): [76.0, 76.0],
        }
    )
    (dr,) = make_study(labels=("DR",), rows=tuple(rows)).kept
    assert dr.share == pytest.approx(0.95)
    assert dr.is_kept


def test_what_is_read_back_is_equal(make_study: MakeStudy) -> None:
    study = make_study(notes=("Small.",))
    told = json.loads(json.dumps(study.to_json()))
    assert Study.from_json(told) == study
    assert Study.from_json(told).to_json() == told
    assert told["languages"] == ["en", "th"]
    assert {"cells", "averages", "kept", "trade_offs"} <= set(told)


def test_another_shape_is_refused(make_study: MakeStudy) -> None:
    with pytest.raises(StudyUnfit, match="of the shape 2; only 1"):
        Study.from_json(make_study().to_json() | {"shape": 2})


def test_a_gap_in_the_grid_is_named(make_study: MakeStudy) -> None:
    study = make_study()
    with pytest.raises(StudyUnfit, match="no student of 'clip' by 'ED' with the seed 1"):
        replace(study, students=study.students[:-1])


def test_a_student_twice_is_refused(make_study: MakeStudy) -> None:
    study = make_study()
    with pytest.raises(StudyUnfit, match="Two students"):
        replace(study, students=(*study.students, study.students[0]))


def test_a_number_that_one_seed_lacks_is_named(make_study: MakeStudy) -> None:
    study = make_study()
    said = "The image-to-text MRR@10 in 'th' of 'ED' under 'clip' is there for the seeds 0"
    with pytest.raises(StudyUnfit, match=re.escape(said)):
        replace(study, rows=study.rows[:-1])


def test_a_number_that_is_there_twice_is_named(make_study: MakeStudy) -> None:
    study = make_study()
    with pytest.raises(StudyUnfit, match=r"'ED' under 'clip' is there twice, for the seed 1\."):
        replace(study, rows=(*study.rows, study.rows[-1]))


def test_numbers_of_strangers_are_refused(make_study: MakeStudy, make_rows: MakeRows) -> None:
    study = make_study()
    with pytest.raises(StudyUnfit, match="numbers of 'teacher' under 'siglip2'"):
        replace(study, rows=(*study.rows, *make_rows(teacher="siglip2")))


def test_a_measure_that_nobody_defined_is_refused() -> None:
    with pytest.raises(StudyUnfit, match="no measure 'R@3' of the task 'image-to-text'"):
        Row(
            teacher="clip", method="DR", seed=0, task="image-to-text", measure="R@3",
            language="en", value=1.0,
        )  # fmt: skip


def test_a_student_without_a_seed_is_refused() -> None:
    with pytest.raises(StudyUnfit, match="has the seed None"):
        Row(
            teacher="clip", method="DR", seed=None, task="size", measure="bytes", language="",
            value=1.0,
        )  # fmt: skip
