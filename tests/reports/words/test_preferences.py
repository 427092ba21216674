"""Votes and rankings in plain words, and as a picture with a table."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest

from domain.results.computing.comparing import measure_preferences
from domain.results.report import Arm, Criterion, Report
from domain.results.rules import Options
from reports.charts import preferences
from reports.speech import Speech
from reports.words import summarise
from tests.evidence import make_report

ENGLISH = Speech("en")
ARMS = (Arm(name="base", is_baseline=True), Arm(name="tuned"), Arm(name="merged"))


def make(form: str, table: dict[str, list[Any]], num_arms: int = 2) -> Report:
    report = make_report()
    design = dataclasses.replace(
        report.design,
        form=form,  # type: ignore[arg-type]
        arms=ARMS[:num_arms],
        criteria=(Criterion(key="correctness", levels=None, names={"en": "Correctness"}),),
    )
    bare = dataclasses.replace(report, design=design, effects=None, frontier=None)
    facts = measure_preferences(bare, table, Options(num_resamples=200))
    return dataclasses.replace(bare, preferences=facts)


def vote(winners: Sequence[str]) -> dict[str, list[Any]]:
    """Of 12 prompts by 6 raters, these outcomes in turn; the baseline stands left."""
    rows = [(f"p{at % 12}", f"r{at // 12}", winners[at % len(winners)]) for at in range(72)]
    prompts, raters, won = zip(*rows, strict=True)
    return {
        "item": list(prompts), "prompt": list(prompts), "rater": list(raters), "value": [1] * 72,
        "left": ["base"] * 72, "right": ["tuned"] * 72, "winner": list(won),
        "criterion": ["correctness"] * 72,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("winners", "said"),
    [
        (["tuned", "tuned", "tuned", "tuned", "base"], "lies above one half"),
        (["base", "base", "base", "base", "tuned"], "lies below one half"),
        (["base", "tuned", "tie", "tie", "base", "tuned", "tie"], "holds one half"),
    ],
)
def test_votes_are_told_from_the_arms_side_and_never_further_than_they_reach(
    winners: list[str], said: str
) -> None:
    told = " ".join(summarise(make("pair", vote(winners)), ENGLISH))

    assert "'tuned' won" in told
    assert said in told


def test_votes_are_drawn_on_one_scale_and_counted_beside_it() -> None:
    report = make("pair", vote(["tuned", "tuned", "tie", "base"]))
    chart = preferences.draw(report, "correctness", ENGLISH)

    assert chart is not None
    assert [row[0] for row in chart.rows] == ["tuned", "base"]
    assert chart.rows[0][3:] == ("36", "18", "18")
    assert chart.rows[1][3:] == ("18", "18", "36")
    assert "72 votes" in chart.note


def test_rankings_are_told_from_the_best_on() -> None:
    orders = [(1, 2, 3), (1, 3, 2), (2, 1, 3), (1, 2, 3)]
    rows = [
        (f"p{prompt}", f"r{rater}", arm.name, rank)
        for prompt in range(6)
        for rater in range(4)
        for arm, rank in zip(ARMS, orders[(prompt + rater) % 4], strict=True)
    ]
    prompts, raters, arms, ranks = (list(column) for column in zip(*rows, strict=True))
    report = make(
        "rank",
        {
            "item": prompts, "prompt": prompts, "rater": raters, "value": ranks, "arm": arms,
            "rank": ranks, "criterion": ["correctness"] * len(rows),
        },
        num_arms=3,
    )  # fmt: skip
    chart = preferences.draw(report, "correctness", ENGLISH)
    told = " ".join(summarise(report, ENGLISH))

    assert "mean ranks are 'base' 1.25, 'tuned' 2.00, 'merged' 2.75; 1 is the best." in told
    assert chart is not None
    assert [(row[0], row[3]) for row in chart.rows] == [
        ("base", "1.25"), ("tuned", "2.00"), ("merged", "2.75"),
    ]  # fmt: skip


def test_where_nothing_was_computed_nothing_is_drawn() -> None:
    report = dataclasses.replace(make("pair", vote(["tie"])), preferences=None)

    assert preferences.draw(report, "correctness", ENGLISH) is None
    assert "was not computed" in " ".join(summarise(report, ENGLISH))
