"""What has the same vectors is told apart by nobody, whatever its place among others."""

from pathlib import Path

import numpy as np
import pytest

from ml.benchmarks.embeddings import choosing
from ml.benchmarks.embeddings.choosing import Choice
from ml.benchmarks.embeddings.pools import Pair, Pool
from ml.benchmarks.embeddings.vectors import Found
from ml.loading import encoders
from stats.answers.modes import Question

from .conftest import NUM_PICTURES, Measuring

LONG = [(seed, width) for seed in range(8) for width in (64, 512)]
NUM = 101


def draw(seed: int, width: int, num: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(num, width)).astype(np.float32)
    normalised: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return normalised


def make_found(looks: np.ndarray, texts: np.ndarray) -> Found:
    return Found(
        picture_vectors=looks,
        text_vectors=texts,
        pictures={f"{place}": place for place in range(len(looks))},
        phrases={(f"{place}",): place for place in range(len(texts))},
    )


@pytest.mark.parametrize(("seed", "width"), LONG)
def test_candidates_of_one_vector_all_stand_before_the_right_one(seed: int, width: int) -> None:
    pairs = [
        Pair(
            key=f"k{place}", picture=f"{place}", phrase=(f"{place}",), language="id",
            scope="global", tie=("", ""), labels=(),
        )
        for place in range(NUM)
    ]  # fmt: skip
    same = np.repeat(draw(seed, width, 1), NUM, axis=0)
    for found in (make_found(draw(seed, width, NUM), same), make_found(same, same)):
        queries = Pool("global", "id", pairs).list_queries(found)
        assert {query.rank for query in queries if query.direction == "image-to-text"} == {NUM}


@pytest.mark.parametrize(("seed", "width"), LONG)
def test_options_of_one_vector_tie(seed: int, width: int) -> None:
    options = tuple(f"{place}" for place in range(7))
    choice = Choice(
        question=Question(key="q", options=options, answer=0, answers=("0",)),
        picture="0",
        options=tuple((option,) for option in options),
        scope="global",
        tie=("", ""),
    )
    same = np.repeat(draw(seed + 1, width, 1), 7, axis=0)
    scores = choosing._answer(choice, make_found(draw(seed, width, 1), same)).option_scores
    assert scores is not None
    assert len(set(scores)) == 1


def test_an_encoder_that_says_the_same_of_everything_finds_nothing(
    clip: Path, dataset: Path, quiz: Path, measuring: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_the_same(_: object, things: list[object]) -> np.ndarray:
        return np.repeat(draw(0, 64, 1), len(things), axis=0)

    for name in ("embed_texts", "embed_pixels"):
        monkeypatch.setattr(encoders.Encoder, name, say_the_same)
    facts = measuring.score(base=clip, dataset=dataset, scope="global", measure="R@1")
    assert facts["variants"][0]["score"] == 0
    answered = measuring.score("answered", base=clip, quiz=quiz, method="zeroshot")
    assert answered["variants"][0]["n_ties"] == NUM_PICTURES
