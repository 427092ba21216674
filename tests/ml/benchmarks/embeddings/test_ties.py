"""embeddings.score: what belongs together is drawn together, in `effects` and in files."""

from pathlib import Path
from typing import Any

import pytest

from ml.benchmarks import tally
from stats.frontier import measured

from .conftest import NUM_PICTURES, Measuring

BETAS = [0, 1]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What each item was drawn with where variants were compared."""
    heard: list[dict[str, str]] = []

    def hear(*given: Any) -> list[dict[str, Any]]:
        heard.append(given[1])
        return []

    monkeypatch.setattr(tally, "compare", hear)
    return heard


def sort_together(clusters: dict[str, str]) -> set[frozenset[str]]:
    return {
        frozenset(key for key, own in clusters.items() if own == cluster)
        for cluster in clusters.values()
    }


def read_together(path: Path) -> set[frozenset[str]]:
    side = measured.read_global(path, {"mode": None})
    assert side.clusters_p is not None
    return sort_together(dict(zip(side.prompts, map(str, side.clusters_p), strict=True)))


def test_questions_of_one_group_or_about_one_picture_are_drawn_together(
    clip: Path, tuned: Path, tied_quiz: Path, measuring: Measuring, drawn: list[dict[str, str]]
) -> None:
    measuring.score(base=clip, tuned=tuned, betas=BETAS, quiz=tied_quiz, method="zeroshot")
    wanted = {frozenset({"q0", "q1", "q2"}), frozenset({"q3", "q4"})}
    assert sort_together(drawn[0]) == wanted
    assert read_together(measuring.out / "items.csv") == wanted


def test_so_are_both_directions_of_retrieval_over_a_quiz(
    clip: Path, tuned: Path, tied_quiz: Path, measuring: Measuring, drawn: list[dict[str, str]]
) -> None:
    measuring.score(base=clip, tuned=tuned, betas=BETAS, quiz=tied_quiz)
    # A picture that three questions are about is asked for once.
    wanted = {
        frozenset({"image-to-text q0", *(f"text-to-image q{number}" for number in range(3))}),
        frozenset(f"{way} q{number}" for way in ("image-to-text", "text-to-image")
                  for number in (3, 4)),
    }  # fmt: skip
    assert sort_together(drawn[0]) == wanted
    assert read_together(measuring.out / "items.csv") == wanted


@pytest.mark.parametrize("method", ["retrieval", "classification"])
def test_of_a_data_set_all_of_one_picture_is_drawn_together(
    method: str, clip: Path, dataset: Path, measuring: Measuring, drawn: list[dict[str, str]]
) -> None:
    measuring.score(base=clip, dataset=dataset, method=method, scope="global")
    rows = measuring.read("items.csv")
    assert {row["picture"] for row in rows} == {row["group"] for row in rows}
    assert len({row["picture"] for row in rows}) == NUM_PICTURES
    assert len(sort_together(drawn[0])) == NUM_PICTURES
