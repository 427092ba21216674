"""What is found on the fixture: 48 passages and 48 questions in six languages and four scripts.

The dense part is a sentence encoder of BERT's class without layers: pieces of words, learned from
the passages and never from the questions, as random directions. It stands for the mechanics of an
encoder, not for what a trained one knows; a question finds passages of its own language only.
"""

import pytest

from tests import knowledge
from tests.knowledge import Shelf

from .conftest import World

RIGHT = {each["key"]: each["passage"] for each in knowledge.read("questions")}
LANGUAGES = {each["key"]: each["language"] for each in knowledge.read("questions")}


@pytest.fixture(scope="module")
def found(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, list[str]]]:
    """By method and key: the passages, best first."""
    shelf = Shelf(tmp_path_factory.mktemp("found"))
    made = {}
    for method in ("hybrid", "lexical", "dense"):
        vectors = {} if method == "lexical" else {"queries": world.queries}
        out = shelf.retrieve(world.index, quiz=world.quiz, method=method, **vectors)
        rows = knowledge.read_found(out)
        made[method] = {key: [each["id"] for each in row] for key, row in rows.items()}
    return made


def recall(found: dict[str, list[str]], keys: list[str] | None = None) -> float:
    chosen = keys or list(RIGHT)
    return sum(RIGHT[key] in found[key][:5] for key in chosen) / len(chosen)


def test_hybrid_finds_nine_of_ten_among_five(found: dict[str, dict[str, list[str]]]) -> None:
    assert len(RIGHT) >= 40
    assert recall(found["hybrid"]) >= 0.9


@pytest.mark.parametrize("language", sorted(set(LANGUAGES.values())))
def test_no_language_is_left_behind(found: dict[str, dict[str, list[str]]], language: str) -> None:
    keys = [key for key in RIGHT if LANGUAGES[key] == language]
    assert recall(found["hybrid"], keys) >= 0.75


def test_hybrid_is_not_below_the_better_of_the_two(
    found: dict[str, dict[str, list[str]]],
) -> None:
    alone = {method: recall(found[method]) for method in ("lexical", "dense")}
    assert recall(found["hybrid"]) >= max(alone.values()), alone
    assert min(alone.values()) > 0.5, "Each of the two is to find something by itself."
