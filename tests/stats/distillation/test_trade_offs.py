"""What an average hides, on tables small enough to be done by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from stats.distillation.study import Teacher

from .conftest import MakeRows, MakeStudy

Values = Mapping[tuple[str, str, str], Sequence[float]]


def compare(thai_of_dr: Sequence[float], thai_of_ed: Sequence[float]) -> Values:
    """DR is better in English and on average, whatever Thai is."""
    return {
        ("teacher", "image-to-text", "en"): [100.0],
        ("teacher", "image-to-text", "th"): [100.0],
        ("DR", "image-to-text", "en"): [90.0, 90.0],
        ("DR", "image-to-text", "th"): thai_of_dr,
        ("ED", "image-to-text", "en"): [20.0, 20.0],
        ("ED", "image-to-text", "th"): thai_of_ed,
    }


def test_the_worse_one_on_average_is_the_better_one_in_a_language(
    make_study: MakeStudy,
) -> None:
    """DR .875 and ED .844 on average; in Thai DR has 60 and 62, ED 66 and 68: 6 more, where both
    spread by 2.
    """
    (found,) = make_study().trade_offs.found
    assert (found.better, found.worse, found.language) == ("DR", "ED", "th")
    assert (found.task, found.measure) == ("image-to-text", "MRR@10")
    assert (found.better_value, found.worse_value) == (61.0, 67.0)
    assert (found.difference, found.spread) == (6.0, 2.0)
    assert found.difference_of_shares == pytest.approx(6 / 80)
    assert found.better_average == pytest.approx(0.875)


def test_how_many_were_looked_at_is_told(make_study: MakeStudy) -> None:
    """One pair of methods, in two languages."""
    assert make_study().trade_offs.num_compared == 2


@pytest.mark.parametrize(
    ("of_dr", "of_ed", "appears"),
    [
        ([60.0, 62.0], [64.0, 64.5], True),  # 3.25 more; the larger spread is 2
        ([60.0, 62.0], [63.0, 63.0], False),  # 2 more, and 2 is the spread
        ([60.0, 60.0], [60.0, 66.0], False),  # 3 more, and ED itself spreads by 6
        ([60.0, 60.0], [61.0, 61.0], False),  # one query of a hundred is no difference
        ([60.0, 60.0], [62.0, 62.0], True),
        ([60.0, 62.0], [50.0, 52.0], False),
    ],
)
def test_only_more_than_the_spread_and_more_than_one_query_counts(
    of_dr: Sequence[float], of_ed: Sequence[float], *, appears: bool,
    make_rows: MakeRows, make_study: MakeStudy,
) -> None:  # fmt: skip
    study = make_study(rows=tuple(make_rows(compare(of_dr, of_ed))))
    assert bool(study.trade_offs.found) is appears


def test_a_task_as_a_whole_is_a_place_too(make_rows: MakeRows, make_study: MakeStudy) -> None:
    """The published finding: DR the best for retrieval, ED for questions."""
    rows = make_rows(
        {
            ("teacher", "image-to-text", "en"): [80.0],
            ("teacher", "zeroshot", ""): [60.0],
            ("DR", "image-to-text", "en"): [80.0, 80.0],
            ("DR", "zeroshot", ""): [48.0, 50.0],
            ("ED", "image-to-text", "en"): [40.0, 40.0],
            ("ED", "zeroshot", ""): [54.0, 56.0],
        }
    )
    (found,) = make_study(rows=tuple(rows)).trade_offs.found
    assert (found.task, found.language, found.worse) == ("zeroshot", "", "ED")


def test_measures_that_speak_for_no_task_hide_nothing(
    make_rows: MakeRows, make_study: MakeStudy
) -> None:
    rows = [*make_rows(), *(replace(row, measure="R@1") for row in make_rows())]
    assert make_study(rows=tuple(rows)).trade_offs == make_study().trade_offs


def test_with_one_seed_nothing_can_be_told(make_study: MakeStudy) -> None:
    study = make_study()
    first = make_study(
        seeds=(0,),
        students=tuple(each for each in study.students if each.seed == 0),
        rows=tuple(row for row in study.rows if row.seed in (0, None)),
    )
    assert first.trade_offs.found == ()
    assert first.trade_offs.num_compared == 2
    assert first.cells[-1].spread is None


def test_with_none_it_says_that_none_appeared(make_rows: MakeRows, make_study: MakeStudy) -> None:
    rows = make_rows(compare([95.0, 95.0], [20.0, 20.0]))
    assert make_study(rows=tuple(rows)).trade_offs.to_json() == {"num_compared": 2, "found": []}


def test_methods_of_different_teachers_are_never_compared(
    make_rows: MakeRows, make_study: MakeStudy
) -> None:
    study = make_study()
    other = Teacher(name="siglip2", architecture="SigLIP2", digest="s")
    both = make_study(
        teachers=(*study.teachers, other),
        students=(
            *study.students,
            *(replace(each, teacher="siglip2") for each in study.students),
        ),
        rows=(*study.rows, *make_rows(teacher="siglip2")),
    )
    assert both.trade_offs.num_compared == 4
    assert {each.teacher for each in both.trade_offs.found} == {"clip", "siglip2"}
