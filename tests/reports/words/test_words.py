"""The plain words are true in every case."""

import dataclasses
from typing import Any

import pytest

from domain.results.report import Report
from reports import words
from reports.speech import Speech
from reports.words import limits
from tests.evidence import figure, make_coefficients, make_comparison, make_frontier, make_report

ENGLISH = Speech("en")


def say(report: Report, language: str = "en") -> str:
    return " ".join(words.summarise(report, Speech(language))).replace("\u00a0", " ")


def with_effect(difference: dict[str, Any], **changes: Any) -> Report:
    rows = [make_comparison("tuned", "correctness", None, difference)]
    effects = {"baseline": "base", "confidence": 0.95, "comparisons": rows}
    return make_report(effects=effects, frontier=None, **changes)


def test_it_says_what_was_asked_and_how_many_rated_what() -> None:
    said = say(make_report())

    assert "how well what models make suits Southeast Asia" in said
    assert "3 variants on 143 prompts" in said
    assert "from 1 to 3: correctness, naturalness" in said
    assert "12 raters took part. Up to 1,287 ratings of 429 outputs count" in said
    assert "36 ratings were left out by stated rules." in said


def test_an_interval_above_zero_is_an_effect() -> None:
    said = say(with_effect(figure(0.178, 0.031, 0.325)))

    assert "'tuned' was rated higher than 'base' on correctness, by 0.178 levels" in said
    assert "the 95 % interval, 0.031 to 0.325, lies above 0" in said
    assert "Whether it reaches 0.1" in said


def test_an_interval_below_zero_is_a_loss() -> None:
    said = say(with_effect(figure(-0.2, -0.3, -0.1)))

    assert "'tuned' was rated lower than 'base' on correctness, by 0.200 levels" in said
    assert "A gain of 0.1, the smallest that was planned to matter, lies above that" in said


@pytest.mark.parametrize("low", [-0.02, 0.0])
def test_an_interval_with_zero_shows_nothing_and_proves_nothing(low: float) -> None:
    said = say(with_effect(figure(0.078, low, 0.176)))

    assert "does not show that 'tuned' differs from 'base'" in said
    assert "That is no proof that they are alike." in said
    assert "higher than" not in said


def test_a_value_without_an_interval_claims_no_certainty() -> None:
    said = say(with_effect(figure(0.5, reason="1 rater has no spread")))

    assert "how sure that is cannot be said: 1 rater has no spread." in said
    assert "interval" not in said.partition("'tuned'")[2]


def test_an_effect_that_is_undefined_says_why() -> None:
    said = say(with_effect(figure(None, reason="no prompt has ratings of both arms")))

    assert "is undefined: no prompt has ratings of both arms." in said


def test_a_reason_with_a_percent_sign_is_said_as_it_is() -> None:
    assert "is undefined: below 5% of d." in say(with_effect(figure(None, reason="below 5% of d")))


def test_a_sealed_study_tells_nothing_by_arm() -> None:
    said = say(make_report(is_sealed=True, effects=None, frontier=None))

    assert "sealed until the study closes" in said
    assert "SEA-SDXL" not in said


def test_sealing_wins_over_effects_that_are_there() -> None:
    said = say(make_report(is_sealed=True))

    assert "SEA-SDXL" not in said


def test_simulated_raters_say_nothing_about_people() -> None:
    said = say(make_report(who="simulated"))

    assert said.startswith("The raters of this report are simulated")
    assert "say nothing about people" in said
    assert "12 simulated raters took part" in said
    assert "Simulated" in limits.list_limits(make_report(who="simulated"), ENGLISH)[0] or (
        "simulated" in limits.list_limits(make_report(who="simulated"), ENGLISH)[0]
    )


def test_one_rater_agrees_with_nobody() -> None:
    alone = make_coefficients(
        n_raters=1, alpha={"ordinal": figure(None, reason="no item has two ratings")}
    )
    report = make_report(agreement={"correctness": alone})
    said = say(dataclasses.replace(report, raters=dataclasses.replace(report.raters, num=1)))

    assert "1 rater took part." in said
    assert "One rater alone cannot agree or disagree" in said
    assert "Krippendorff" not in said


@pytest.mark.parametrize(("num", "is_told"), [(9, True), (10, False)])
def test_fewer_than_ten_raters_speak_for_themselves(num: int, *, is_told: bool) -> None:
    report = make_report(agreement={"correctness": make_coefficients(n_raters=num)})
    report = dataclasses.replace(report, raters=dataclasses.replace(report.raters, num=num))

    assert ("too narrow for other raters" in say(report)) == is_told
    assert ("too narrow for others" in " ".join(limits.list_limits(report, ENGLISH))) == is_told


def test_undefined_alpha_says_why_beside_the_agreement() -> None:
    facts = make_coefficients(
        percent_agreement=figure(1.0, 1.0, 1.0),
        alpha={"ordinal": figure(None, reason="no variation")},
    )
    said = say(make_report(agreement={"correctness": facts}))

    assert "gave the same level in 100 % of cases" in said
    assert "Krippendorff's alpha on correctness is undefined: no variation." in said


@pytest.mark.parametrize(
    ("alpha", "sentence"),
    [
        (0.8, "at or above the customary mark of 0.80"),
        (0.7, "between the customary marks of 0.667 and 0.80"),
        (0.3, "below the customary mark of 0.667"),
        (-0.1, "below the customary mark of 0.667"),
    ],
)
def test_alpha_is_read_against_its_marks(alpha: float, sentence: str) -> None:
    facts = make_coefficients(alpha={"ordinal": figure(alpha, alpha - 0.05, alpha + 0.05)})

    assert sentence in say(make_report(agreement={"correctness": facts}))


def test_without_ratings_nothing_is_claimed() -> None:
    report = make_report(agreement={}, effects=None, frontier=None, left_out=())
    said = say(dataclasses.replace(report, raters=dataclasses.replace(report.raters, num=0)))

    assert "Nobody has rated yet." in said
    assert "there are no ratings to compare" in said
    assert "No effect was computed." in said


def test_the_rule_says_how_sure_its_choice_is() -> None:
    assert "the choice is 'SEA-SDXL 25%'. Both hold over the whole" in say(make_report())
    frontier = make_frontier()
    frontier["points"][1]["gain"] = figure(0.05, -0.1, 0.2)
    assert "Its gain is uncertain" in say(make_report(frontier=frontier))
    frontier["points"][1] |= {"gain": figure(0.05, 0.01, 0.2), "retention": figure(0.99, 0.97, 1)}
    assert "whether it keeps that much is uncertain" in say(make_report(frontier=frontier))
    frontier["recommendation"] |= {"variant": "SDXL"}
    assert "the base stays" in say(make_report(frontier=frontier))


def test_a_choice_on_one_half_is_reported_on_the_other() -> None:
    point = make_frontier()["points"][1]
    split = {"seed": 1, "reported": point}
    said = say(make_report(frontier={**make_frontier(), "split": split}))

    assert "Chosen on one half of the prompts, 'SEA-SDXL 25%' gains +0.178 on the other" in said
    told = limits.list_limits(make_report(frontier={**make_frontier(), "split": split}), ENGLISH)
    assert "on the same prompts" not in " ".join(told)
    assert "on the same prompts" in " ".join(limits.list_limits(make_report(), ENGLISH))


@pytest.mark.parametrize(("form", "said"), [("pair", "two outputs at a time"),
                                            ("rank", "in order")])  # fmt: skip
def test_pairs_and_ranks_are_described_as_such(form: Any, said: str) -> None:
    report = make_report(effects=None, frontier=None)
    design = dataclasses.replace(report.design, form=form)

    told = say(dataclasses.replace(report, design=design))
    assert said in told
    assert "Which variant raters prefer was not computed." in told


def test_indonesian_says_the_same_numbers() -> None:
    said = say(make_report(), "id")

    assert "0,178" in said
    assert "0,031" in said
    assert "1.287" in said
    assert "Asia Tenggara" in said
    assert "raters" not in said


def test_limits_tell_of_looks_withdrawals_and_gaps() -> None:
    said = " ".join(limits.list_limits(make_report(), ENGLISH))

    assert "Effects were opened once before the study closed." in said
    assert "1 rater withdrew; their ratings are erased" in said
    assert "1 rater is not known to be from the region." in said
    assert "Not every wanted rating came in" in said
    assert "No registration" not in said
