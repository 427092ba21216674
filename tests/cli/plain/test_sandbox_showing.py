"""What `ggez sandbox run` shows people of what each merge keeps and gains."""

from typing import Any

import pytest

from cli.plain.sandbox import embeddings, showing


def make_facts() -> dict[str, Any]:
    return {
        "rows": [
            {
                "variant": "beta-0", "beta": 0, "score_global": 98.7, "score_regional": 66.5,
                "retention": None, "gain": None,
            },
            {
                "variant": "beta-0.5", "beta": 0.5, "score_global": 97.4, "score_regional": 83.9,
                "retention": {"value": 0.986, "low": 0.976, "high": 1.005},
                "gain": {"value": 0.262, "low": -0.012, "high": 0.319},
            },
        ],
        "chosen": {"variant": "beta-0.5", "beta": 0.5},
        "chosen_because": "It gains the most.",
        "holds": True,
        "alpha": 0.434,
        "beta_star": 0.5,
        "num_items": {"global": 2600, "regional": 2400},
        "confidence": 0.95,
        "num_resamples": 10_000,
        "languages": [
            {"variant": "beta-0", "beta": 0, "scope": "global", "by_language": {"km": 99.0}},
        ],
        "pictures": "pictures.png",
    }  # fmt: skip


def test_what_is_gained_has_a_sign_and_what_is_kept_has_none() -> None:
    assert list(showing.list_rows(make_facts())) == [
        ("0", "98.7", "-", "66.5", "-"),
        ("0.5", "97.4", "98.6% [97.6%, 100.5%]", "83.9", "+26.2% [-1.2%, +31.9%]"),
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "-"),
        ({"value": None, "low": None, "high": None, "reason": "nothing to divide by"}, "nothing"),
        ({"value": 0.262, "low": None, "high": None}, "+26.2%"),
    ],
)
def test_what_has_no_interval_is_said_without_one(found: dict[str, Any] | None, said: str) -> None:
    assert showing.say_interval(found, showing.GAIN).startswith(said)


def test_retrieval_is_counted_in_queries(capsys: pytest.CaptureFixture[str]) -> None:
    embeddings.show(make_facts())
    told = capsys.readouterr().out
    assert "Each beta: 2,600 global and 2,400 regional queries.\n" in told
    assert "Intervals of 95%: 10,000 resamples of pictures.\n" in told
