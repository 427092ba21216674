from pathlib import Path

import pytest

from domain.results.computing import plain
from domain.results.computing.plain import Plan
from stats.agreement import ratings
from stats.agreement.ratings import RatingsWrong
from stats.tables import Columns, read_columns

HEADER = "item,rater,value,criterion,arm,prompt,stratum,region"


def read(tmp_path: Path, *lines: str, header: str = HEADER) -> Columns:
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join([header, *lines]), "utf-8")
    return read_columns(path, ratings.REQUIRED, ratings.GROUPS)


def make_plan(**changes: object) -> Plan:
    given = {"title": "Test", "made_on": "2026-05-31", "levels": (1, 2, 3), "num_resamples": 50}
    return Plan(**(given | changes))  # type: ignore[arg-type]  # keyword overrides


SMALL = [
    "a1,x,1,clear,base,p1,food,Here",
    "a1,y,2,clear,base,p1,food,Here",
    "b1,x,3,clear,tuned,p1,food,Here",
    "b1,y,3,clear,tuned,p1,food,Here",
    "a2,x,2,clear,base,p2,play,Here",
    "a2,y,2,clear,base,p2,play,Here",
    "b2,x,2,clear,tuned,p2,play,Here",
    "b2,y,,clear,tuned,p2,play,Here",
]


def test_the_design_is_what_the_table_tells(tmp_path: Path) -> None:
    report = plain.make_report(read(tmp_path, *SMALL), make_plan(baseline="base"))

    assert [(arm.name, arm.is_baseline) for arm in report.design.arms] == [
        ("base", True),
        ("tuned", False),
    ]
    assert [(each.key, each.levels) for each in report.design.criteria] == [("clear", 3)]
    assert list(report.design.strata) == ["food", "play"]
    assert report.design.region == {"en": "Here"}
    assert report.design.num_prompts == 2
    assert report.raters.num == 2
    assert report.history.registration is None


def test_blank_values_are_counted_and_in_no_figure(tmp_path: Path) -> None:
    report = plain.make_report(read(tmp_path, *SMALL), make_plan(baseline="base"))

    assert [(left.rule, left.num_ratings) for left in report.left_out] == [("no_value", 1)]
    assert report.agreement["clear"]["n_ratings"] == 7
    assert report.effects is not None
    assert report.effects["n_without_value"] == 1


def test_a_rater_who_never_judged_is_no_rater_of_the_report(tmp_path: Path) -> None:
    report = plain.make_report(read(tmp_path, *SMALL, "a2,z,,clear,base,p2,play,Here"), make_plan())

    assert report.raters.num == 2


def test_raters_and_disputed_items_are_described(tmp_path: Path) -> None:
    report = plain.make_report(read(tmp_path, *SMALL), make_plan())

    assert [row["rater"] for row in report.rater_rows] == ["x", "y"]
    assert report.rater_rows[0]["severity"] == pytest.approx(1 / 3)
    assert [row["item"] for row in report.items] == ["a1"]


def test_a_table_without_criteria_has_one(tmp_path: Path) -> None:
    columns = read(tmp_path, "a,x,1", "a,y,2", header="item,rater,value")
    report = plain.make_report(columns, make_plan())

    assert list(report.agreement) == ["rating"]
    assert report.design.num_prompts == 0
    assert report.design.arms == ()


def test_one_rater_gives_a_report_all_the_same(tmp_path: Path) -> None:
    columns = read(tmp_path, "a,x,1", "b,x,2", header="item,rater,value")
    report = plain.make_report(columns, make_plan())

    assert report.agreement["rating"]["alpha"]["ordinal"]["value"] is None
    assert report.rater_rows[0]["severity"] is None


def test_no_ratings_at_all_give_a_report_that_says_so(tmp_path: Path) -> None:
    columns = read(tmp_path, "a,x,", header="item,rater,value")
    report = plain.make_report(columns, make_plan())

    assert report.agreement["rating"]["n_ratings"] == 0
    assert report.rater_rows == ()


def test_the_same_rating_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RatingsWrong, match="has rated item 'a' before"):
        plain.make_report(read(tmp_path, "a,x,1", "a,x,2", header="item,rater,value"), make_plan())
