"""What `benchmarks.sandbox` and `benchmarks.sandbox_train` take for held."""

import copy
from typing import Any

import pytest

from benchmarks import sandbox, sandbox_train


def make_row(beta: float, *, gain: float | None, kept: float | None) -> dict[str, Any]:
    return {
        "variant": f"beta-{beta:g}",
        "beta": beta,
        "score_global": 80.0,
        "score_regional": 20.0,
        "gain": None if gain is None else {"value": gain, "low": gain - 0.1, "high": gain + 0.1},
        "retention": None if kept is None else {"value": kept, "low": kept - 0.1, "high": kept},
    }


def make_facts(*, chosen: float = 0.5, kept_unmerged: float = 0.888) -> dict[str, Any]:
    return {
        "rows": [
            make_row(0, gain=None, kept=None),
            make_row(0.5, gain=0.428, kept=0.994),
            make_row(1, gain=0.79, kept=kept_unmerged),
        ],
        "chosen": {"variant": f"beta-{chosen:g}", "beta": chosen},
        "chosen_because": "It gains the most.",
        "alpha": 0.434,
        "beta_star": 0.5,
        "num_items": {"global": 1056, "regional": 1068},
        "filter": {
            "duplicate_recall": {"value": 0.97},
            "duplicates_not_planted": {"value": 0.0},
            "region_precision": {"value": 0.9},
            "region_recall": None,
        },
    }


def test_it_holds_and_says_what_the_unmerged_model_pays(capsys: pytest.CaptureFixture[str]) -> None:
    assert sandbox.report(make_facts(), 14.9)
    said = capsys.readouterr().out
    assert (
        "Unmerged (beta 1), the tuned model gains +79.0% [+69.0%, +89.0%] regionally and keeps "
        "88.8% [78.8%, 88.8%] globally; merged at beta 0.5 it gains +42.8% [+32.8%, +52.8%] "
        "and keeps 99.4% [89.4%, 99.4%]."
    ) in said
    assert "| 0.5 | 80.0 | 99.4% [89.4%, 99.4%] | 20.0 | +42.8% [+32.8%, +52.8%] |" in said
    assert "| retention of the chosen merge | 0.994 | >= 0.98 |" in said
    assert "| the same, more than unmerged | 0.106 | > 0 |" in said
    assert "14.9 minutes, against about 15.\n" in said


def test_a_merge_that_keeps_no_more_than_the_unmerged_model_is_a_miss() -> None:
    assert not sandbox.report(make_facts(kept_unmerged=0.994), 15)
    assert not sandbox.report(make_facts(chosen=1), 15)


def test_a_base_that_stays_gains_nothing() -> None:
    assert not sandbox.report(make_facts(chosen=0), 15)


def test_much_more_than_a_quarter_of_an_hour_is_said_and_no_miss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert sandbox.report(make_facts(), 21)
    assert "21.0 minutes, against about 15. **That is more than 20" in capsys.readouterr().out


SHIPPED = {
    "base": {
        "global": {"value": 0.82, "low": 0.80, "high": 0.84},
        "regional": {"value": 0.25, "low": 0.22, "high": 0.28},
    },
    "judge": {"drawings": {"concept": 0.9997, "colour": 0.98}},
    "sizes": {"held_back": 3000},
}


def make_anew(
    *, base: float = 0.81, concept: float = 0.9997, colour: float = 0.98
) -> dict[str, Any]:
    made = copy.deepcopy(SHIPPED)
    # As wide as may be: that two intervals overlap does not make two models the same.
    made["base"]["global"] = {"value": base, "low": 0.0, "high": 1.0}
    made["judge"]["drawings"] = {"concept": concept, "colour": colour}
    return made


@pytest.mark.parametrize(
    ("made", "holds"),
    [
        (make_anew(), True),
        (make_anew(base=0.84), True),
        (make_anew(base=0.845), False),
        (make_anew(base=0.795), False),
        # Wilson's interval of 2,940 of 3,000: 97.434 % to 98.443 %, or 2,923 to 2,954.
        (make_anew(colour=0.9743), True),
        (make_anew(colour=0.9740), False),
        (make_anew(colour=0.9847), True),
        (make_anew(colour=0.9850), False),
        (make_anew(concept=1.0), True),  # one drawing more than the shipped one's 2,999
        (make_anew(concept=0.9970), False),
    ],
)
def test_what_is_made_anew_lies_within_the_interval_of_what_is_shipped(
    made: dict[str, Any], *, holds: bool
) -> None:
    assert sandbox_train.compare(SHIPPED, made) is holds
