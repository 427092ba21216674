"""The whole report: what is undefined and why, groups, criteria, and what does not matter."""

import json

import numpy as np
import pytest

from stats.agreement import report
from stats.agreement.definitions import DEFINITIONS
from stats.agreement.ratings import RatingsWrong, from_arrays
from stats.agreement.report import Report
from stats.agreement.resampling import Bootstrap
from stats.estimate import Estimate
from tests.ratings import LEVELS, Floats, draw_values, to_rows

FEW = Bootstrap(num_resamples=100)
CHANCE_IS_ALL = (
    "alpha.nominal", "alpha.ordinal", "alpha.interval", "fleiss_kappa", "conger_kappa",
    "icc.ICC(1,1)", "icc.ICC(1,k)", "icc.ICC(A,1)", "icc.ICC(C,1)", "icc.ICC(A,k)", "icc.ICC(C,k)",
)  # fmt: skip
OF_BLOCK = ("icc.ICC(A,1)", "icc.ICC(C,1)", "icc.ICC(A,k)", "icc.ICC(C,k)")


def measure(values_gi: Floats) -> Report:
    return report.measure(to_rows(values_gi), LEVELS, bootstrap=FEW)


def in_arms(**more: str) -> dict[str, list[str]]:
    """Ten items by three raters, in two arms."""
    items, raters = (index.ravel() for index in np.indices((10, 3)))
    groups = {"arm": [f"arm {item % 2}" for item in items]}
    groups |= {name: [value] * 30 for name, value in more.items()}
    values = 1 + (items * 7 + raters * (items % 3)) % 5
    return {"items": items, "raters": raters, "values": values, "groups": groups}  # type: ignore[dict-item]


def test_unanimous_ratings_vary_in_nothing_and_agree_wholly() -> None:
    found = measure(np.full((3, 8), 4.0)).overall.estimates
    for name in CHANCE_IS_ALL:
        assert found[name] == Estimate(value=None, reason="no variation"), name
    for name in set(DEFINITIONS) - set(CHANCE_IS_ALL):
        assert found[name] == Estimate(value=1, low=1, high=1), name


def test_raters_who_agree_on_different_items_have_an_alpha_of_one() -> None:
    found = measure(np.tile([1.0, 2, 3, 4, 5, 1, 2, 3], (3, 1))).overall.estimates
    for name, estimate in found.items():
        assert estimate.value == pytest.approx(1), name


def test_one_rater_agrees_with_nobody() -> None:
    found = measure(np.array([[1.0, 2, 3]])).overall
    assert (found.num_items, found.num_raters, found.num_ratings) == (3, 1, 3)
    for name, estimate in found.estimates.items():
        reason = "no complete block" if name in OF_BLOCK else "no item has two ratings"
        assert estimate == Estimate(value=None, reason=reason), name
    assert found.leave_one_out.reason == "no item has two ratings"


def test_single_ratings_count_for_chance_and_not_for_alpha() -> None:
    values = draw_values(1, num_raters=3, gaps=0)
    alone = np.full((3, 1), np.nan)
    alone[0, 0] = 5
    before, after = measure(values).overall, measure(np.hstack([values, alone])).overall
    assert after.num_items == before.num_items + 1
    assert after.used == before.used
    for name in ("percent_agreement", "alpha.ordinal", "icc.ICC(1,1)", "icc.ICC(A,1)"):
        expected = pytest.approx(before.estimates[name].value, abs=1e-12)
        assert after.estimates[name].value == expected
    for name in ("gwet_ac1", "fleiss_kappa", "conger_kappa"):
        assert after.estimates[name].value != before.estimates[name].value


def test_no_rating_at_all_is_said() -> None:
    found = report.measure(from_arrays([], [], []), LEVELS, bootstrap=FEW).overall
    assert found.num_ratings == 0
    assert found.estimates["alpha.ordinal"].reason == "no ratings"
    assert found.estimates["icc.ICC(A,1)"].reason == "no complete block"


def test_without_an_item_rated_by_all_there_is_no_complete_block() -> None:
    values = draw_values(2, num_raters=3, gaps=0)
    values[np.arange(values.shape[1]) % 3, np.arange(values.shape[1])] = np.nan
    found = measure(values).overall
    assert (found.used.block_items, found.used.modal_ratings_per_item) == (0, 2)
    assert {found.estimates[name].reason for name in OF_BLOCK} == {"no complete block"}
    assert found.estimates["icc.ICC(1,1)"].low is not None


def test_one_item_has_a_value_and_no_spread() -> None:
    found = measure(np.array([[1.0], [1], [2]])).overall.estimates
    agreement = found["percent_agreement"]
    assert agreement == Estimate(value=pytest.approx(1 / 3), reason="1 item has no spread")  # type: ignore[arg-type]
    assert found["conger_kappa"].reason == "1 item has no spread"
    assert found["icc.ICC(1,1)"].reason == found["icc.ICC(A,1)"].reason == "1 item has no spread"


def test_an_interval_is_left_out_where_many_resamples_have_no_value() -> None:
    found = measure(np.array([[1.0] * 9 + [2], [1.0] * 10])).overall.estimates["fleiss_kappa"]
    assert found.value is not None
    assert found.low is None
    assert found.reason.startswith("no variation in ")
    assert found.reason.endswith(" of 100 resamples")


def test_a_blank_value_is_no_rating_and_is_counted() -> None:
    rows = from_arrays([1, 1, 2, 2], "abab", [1, 1, 2, np.nan])
    found = report.measure(rows, LEVELS, bootstrap=FEW)
    assert (found.overall.num_ratings, found.overall.num_blank) == (3, 1)
    assert "1 rows without a value are left out." in found.notes


def test_names_and_order_of_items_do_not_matter() -> None:
    values = draw_values(3)
    order = np.random.default_rng(0).permutation(values.shape[1])
    assert measure(values[:, order]).overall.estimates == {
        name: Estimate(
            value=pytest.approx(each.value), low=pytest.approx(each.low),  # type: ignore[arg-type]
            high=pytest.approx(each.high), reason=each.reason,  # type: ignore[arg-type]
        )
        for name, each in measure(values).overall.estimates.items()
    }  # fmt: skip


def test_names_and_order_of_raters_do_not_matter() -> None:
    values = draw_values(4, gaps=0.1)
    one, other = measure(values).overall, measure(values[::-1]).overall
    for name, estimate in one.estimates.items():
        assert other.estimates[name].value == pytest.approx(estimate.value, abs=1e-12), name
    assert other.leave_one_out.low == pytest.approx(one.leave_one_out.low)


def test_unused_levels_of_the_scale_count_where_chance_is_of_the_scale() -> None:
    values = draw_values(5, num_levels=3)
    three = report.measure(to_rows(values), (1, 2, 3), bootstrap=FEW).overall.estimates
    five = measure(values).overall.estimates
    assert five["alpha.ordinal"].value == pytest.approx(three["alpha.ordinal"].value or 0)
    assert five["fleiss_kappa"].value == pytest.approx(three["fleiss_kappa"].value or 0)
    assert (five["brennan_prediger"].value or 0) > (three["brennan_prediger"].value or 0)


def test_a_group_is_measured_as_if_it_were_a_file_of_its_own() -> None:
    data = in_arms()
    whole = report.measure(from_arrays(**data), LEVELS, by="arm", bootstrap=FEW)  # type: ignore[arg-type]
    assert list(whole.groups) == ["arm 0", "arm 1"]
    is_first = np.asarray(data["items"]) % 2 == 0
    own = from_arrays(*(np.asarray(data[name])[is_first] for name in ("items", "raters", "values")))
    assert report.measure(own, LEVELS, bootstrap=FEW).overall == whole.groups["arm 0"]


def test_an_empty_stratum_is_there_without_numbers() -> None:
    rows = from_arrays(
        [1, 1, 2, 2], "abab", [1, 2, np.nan, np.nan], {"stratum": ["full", "full", "none", "none"]}
    )
    groups = report.measure(rows, LEVELS, by="stratum", bootstrap=FEW).groups
    assert (groups["none"].num_items, groups["none"].num_blank) == (0, 2)
    assert groups["none"].estimates["percent_agreement"].reason == "no ratings"


def test_several_criteria_have_no_numbers_in_common() -> None:
    rows = from_arrays(
        [1, 1, 2, 2] * 2, "abab" * 2, [1, 2, 3, 3, 1, 1, 2, 2],
        {"criterion": ["right"] * 4 + ["fair"] * 4},
    )  # fmt: skip
    with pytest.raises(RatingsWrong, match=r"several criteria \('right', 'fair'\)"):
        report.measure(rows, LEVELS)
    found = report.measure(rows, LEVELS, by="criterion", bootstrap=FEW)
    assert found.overall.num_ratings == 8
    assert {each.reason for each in found.overall.estimates.values()} == {"several criteria"}
    assert {each.value for each in found.overall.estimates.values()} == {None}
    assert found.groups["fair"].estimates["percent_agreement"].value == 1
    one = report.measure(rows, LEVELS, criterion="right", bootstrap=FEW)
    assert one.overall == found.groups["right"]
    assert one.criterion == "right"


def test_one_criterion_needs_no_choice_and_stands_on_top() -> None:
    rows = from_arrays(**in_arms(criterion="right"))  # type: ignore[arg-type]
    found = report.measure(rows, LEVELS, by="criterion", bootstrap=FEW)
    assert found.overall == found.groups["right"]
    assert found.overall.estimates["alpha.ordinal"].value is not None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"criterion": "rite"}, "There is no criterion 'rite'; there is 'right'."),
        ({"by": "country"}, "There is no column 'country' to tell groups apart by."),
        ({"levels": [1]}, "A scale has 2 to 21 levels; this has 1."),
        ({"levels": range(1, 10**9)}, "this has 999,999,999."),
        ({"levels": [1, 3, 2]}, "numbers that rise"),
        ({"levels": [1, 2, 3]}, "the value 4 is no level of the scale 1, 2, 3."),
    ],
)
def test_a_wrong_wish_is_refused(more: dict[str, object], sentence: str) -> None:
    rows = from_arrays(**in_arms(criterion="right"))  # type: ignore[arg-type]
    with pytest.raises(RatingsWrong, match=sentence):
        report.measure(rows, **{"levels": LEVELS, **more})  # type: ignore[arg-type]


def test_a_second_rating_of_an_item_by_its_rater_is_refused() -> None:
    rows = from_arrays(["x", "y", "x"], ["a", "a", "a"], [1, 2, 1])
    with pytest.raises(RatingsWrong, match="Rating 3: rater 'a' has rated item 'x' before"):
        report.measure(rows, LEVELS)


def test_the_json_has_the_promised_keys_and_says_what_they_are() -> None:
    found = report.measure(from_arrays(**in_arms()), LEVELS, by="arm", bootstrap=FEW)  # type: ignore[arg-type]
    facts = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert {
        "n_items", "n_raters", "n_ratings", "percent_agreement", "alpha", "gwet_ac1",
        "gwet_ac2_quadratic", "fleiss_kappa", "conger_kappa", "brennan_prediger", "icc", "by",
    } <= set(facts)  # fmt: skip
    assert list(facts["alpha"]) == ["nominal", "ordinal", "interval"]
    assert set(facts["icc"]) == {
        "ICC(1,1)", "ICC(A,1)", "ICC(C,1)", "ICC(1,k)", "ICC(A,k)", "ICC(C,k)"
    }  # fmt: skip
    assert set(facts["gwet_ac1"]) == {"value", "low", "high", "reason"}
    assert [each["arm"] for each in facts["by"]] == ["arm 0", "arm 1"]
    assert set(facts["by"][0]) - {"arm"} <= set(facts)
    assert (facts["num_resamples"], facts["seed"], facts["confidence"]) == (100, 0, 0.95)
    assert set(facts["definitions"]) == set(DEFINITIONS)


def test_few_raters_are_a_warning_and_many_are_none() -> None:
    assert "fewer than 10 raters (5)" in " ".join(measure(draw_values(1)).notes)
    assert "fewer than" not in " ".join(measure(draw_values(1, num_raters=10)).notes)
