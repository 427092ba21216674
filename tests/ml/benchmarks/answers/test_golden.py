"""Accuracy on every published shape, counted by hand from the answers below."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.published_quizzes import CVQA_ROWS, write_cvqa, write_sea_vqa, write_worldcuisines

from .conftest import Scorer

COUNTS = ("score", "of_answered", "n_items", "n_correct", "n_refused", "n_unparsable", "gaps")


def count(facts: dict[str, Any], variant: str, scope: str) -> tuple[Any, ...]:
    found = next(
        each for each in facts["variants"] if (each["variant"], each["scope"]) == (variant, scope)
    )
    return tuple(found[name] for name in COUNTS)


def test_cvqa(scorer: Scorer, take_in: Callable[..., Path], tmp_path: Path) -> None:
    """Right are B, D and A: five answers, of which two are right, to six questions."""
    rows = [*CVQA_ROWS[:2], {**CVQA_ROWS[2], "Label": 0}]
    quiz = take_in(write_cvqa(tmp_path / "cvqa", rows), words="both")
    first, second, third = (row["ID"] for row in rows)
    facts = scorer.score(
        quiz,
        {
            "model": {
                f"{first}-id": "B. Gudeg",  # right
                f"{first}-en": "Rendang",  # wrong
                f"{second}-ja": "ハイバオ",  # right, by its words; of Japan, so global
                f"{second}-en": "A or D",  # two letters
                f"{third}-min": "Maaf, saya tidak tahu.",  # a refusal
                # third-en: no output
            }
        },
    )
    assert count(facts, "model", "regional") == (
        pytest.approx(100 / 3), 50.0, 3, 1, 1, 0, 1,
    )  # fmt: skip
    assert count(facts, "model", "global") == (50.0, 100.0, 2, 1, 0, 1, 0)
    regional = next(each for each in facts["variants"] if each["scope"] == "regional")
    assert regional["by_category"] == {
        "category:Cooking and food": 50.0,
        "category:Geography": 0.0,
        "country:ID": pytest.approx(100 / 3),
        "language:en": 0.0,
        "language:id": 100.0,
        "language:min": 0.0,
        "prompt_language:en": 0.0,
        "prompt_language:id": 100.0,
        "prompt_language:min": 0.0,
    }
    assert facts["num_groups"] == 3


def test_sea_vqa(scorer: Scorer, take_in: Callable[..., Path], tmp_path: Path) -> None:
    """Right are A and C."""
    quiz = take_in(write_sea_vqa(tmp_path / "sea-vqa"))
    facts = scorer.score(
        quiz,
        {
            "base": {"cambodia-2": "(a)", "cambodia-3": "The answer is B) Lion"},
            "tuned": {"cambodia-2": "A", "cambodia-3": "Answer: c"},
        },
    )
    assert count(facts, "base", "regional") == (50.0, 50.0, 2, 1, 0, 0, 0)
    assert count(facts, "tuned", "regional") == (100.0, 100.0, 2, 2, 0, 0, 0)


def test_sea_vqa_by_likelihood(
    scorer: Scorer, take_in: Callable[..., Path], tmp_path: Path
) -> None:
    quiz = take_in(write_sea_vqa(tmp_path / "sea-vqa"))
    facts = scorer.score(
        quiz,
        {"model": {"cambodia-2": [-1.0, -1.0, -2.0, -3.0], "cambodia-3": [-2.0, -1.0, -3.0, -4.0]}},
        mode="likelihood",
    )
    assert count(facts, "model", "regional") == (50.0, 50.0, 2, 1, 0, 0, 0)
    assert facts["variants"][0]["n_ties"] == 1


def test_worldcuisines(scorer: Scorer, take_in: Callable[..., Path], tmp_path: Path) -> None:
    """Right is C in both languages; D and E are the same words."""
    quiz = take_in(write_worldcuisines(tmp_path / "wc"))
    key = "small_task2-300"
    facts = scorer.score(
        quiz, {"model": {f"{key}-id_formal": "Indonesia", f"{key}-fr": "Hong Kong"}}
    )
    assert count(facts, "model", "regional") == (50.0, 100.0, 2, 1, 0, 1, 0)
    assert facts["variants"][0]["by_category"]["language:id"] == 100.0
    assert facts["variants"][0]["by_category"]["prompt_language:id-x-formal"] == 100.0


def test_worldcuisines_in_words(
    scorer: Scorer, take_in: Callable[..., Path], tmp_path: Path
) -> None:
    """Accepted in every language: Indonesia, Indonésie. Not accepted: a sentence around it."""
    quiz = take_in(write_worldcuisines(tmp_path / "wc"), form="open", accepted="group")
    key = "small_task2-300"
    facts = scorer.score(
        quiz,
        {
            "model": {f"{key}-id_formal": "indonésie.", f"{key}-fr": "C'est l'Indonésie"},
            "other": {f"{key}-id_formal": "saya tidak tahu", f"{key}-fr": ""},
        },
        mode="open",
    )
    assert count(facts, "model", "regional") == (50.0, 50.0, 2, 1, 0, 0, 0)
    assert count(facts, "other", "regional") == (0.0, None, 2, 0, 1, 1, 0)
