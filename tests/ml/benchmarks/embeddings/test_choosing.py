"""embeddings.score, zero-shot questions and classes: the most similar option is the answer."""

from pathlib import Path

import numpy as np
import pytest

from ml.benchmarks.embeddings import phrases
from ml.benchmarks.problems import BenchmarkImpossible
from ml.loading import encoders
from tests import pictures
from tests.captioned import write_dataset
from tests.quizzes import make_item, write_quiz

from .conftest import NUM_PICTURES, Measuring

OPTIONS = ("rice", "soup", "tea")


def test_the_most_similar_option_is_the_answer(
    clip: Path, quiz: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, quiz=quiz, method="zeroshot")
    encoder = encoders.open_encoder(clip)
    looks = encoder.embed_pictures([pictures.draw(seed=number) for number in range(NUM_PICTURES)])
    texts = encoder.embed_texts([f"What is it? {option}" for option in OPTIONS])
    similar = looks @ texts.T
    rows = {row["item_id"]: row for row in measuring.read("answers.csv")}
    chosen = [OPTIONS.index(rows[f"q{number}"]["answer"]) for number in range(NUM_PICTURES)]
    # Words that this tokenizer does not tell apart differ in last bits only.
    assert similar[range(NUM_PICTURES), chosen] == pytest.approx(similar.max(axis=1), abs=2e-6)
    (only,) = facts["variants"]
    right = [place == number % 3 for number, place in enumerate(chosen)]
    assert only["score"] == pytest.approx(100 * np.mean(right))
    assert (only["mode"], facts["mode"], only["n_items"]) == ("zeroshot", "zeroshot", 6)
    assert {"language:id", "language:th"} <= set(only["by_category"])
    assert facts["left_out"] == {"without options or a picture": 1}


def test_of_several_wordings_the_mean_vector_counts(
    clip: Path, quiz: Path, measuring: Measuring
) -> None:
    wordings = ("a photo of {option}", "{option} on a plate")
    measuring.score(base=clip, quiz=quiz, method="zeroshot", templates=wordings)
    encoder = encoders.open_encoder(clip)
    look = encoder.embed_pictures([pictures.draw(seed=0)])[0]
    similarities = []
    for option in OPTIONS:
        mean = encoder.embed_texts([each.replace("{option}", option) for each in wordings]).mean(0)
        similarities.append(float(look @ mean / np.linalg.norm(mean)))
    (row,) = [row for row in measuring.read("answers.csv") if row["item_id"] == "q0"]
    told = [float(value) for value in row["similarities"].split()]
    assert told == pytest.approx(similarities, abs=2e-6)


def test_words_that_look_like_a_place_stay_as_they_are() -> None:
    written = phrases.write(["{question} {option}"], question="Is it {option}?", option="no")
    assert written == ("Is it {option}? no",)


def test_pictures_are_sorted_into_the_classes_of_a_column_once_each(
    clip: Path, dataset: Path, measuring: Measuring
) -> None:
    facts = measuring.score(base=clip, dataset=dataset, method="classification", scope="global")
    (only,) = facts["variants"]
    assert only["n_items"] == NUM_PICTURES  # and not one for each language of the captions
    encoder = encoders.open_encoder(clip)
    looks = encoder.embed_pictures([pictures.draw(seed=number) for number in range(NUM_PICTURES)])
    texts = encoder.embed_texts(["a photo of drink.", "a photo of food."])
    expected = [("drink", "food")[place] for place in (looks @ texts.T).argmax(axis=1)]
    assert [row["answer"] for row in measuring.read("answers.csv")] == expected
    assert {"class:drink", "class:food"} <= set(only["by_category"])


@pytest.mark.parametrize(
    ("values", "classes"),
    [((0, 1), {"0", "1"}), ((False, True), {"False", "True"}), ((" a ", "b"), {"a", "b"})],
)
def test_zero_and_false_are_classes_like_others(
    values: tuple[object, object],
    classes: set[str],
    clip: Path,
    measuring: Measuring,
    tmp_path: Path,
) -> None:
    rows = [
        {"number": number, "caption": "plate", "heat": value}
        for number, value in enumerate((*values, None, ""))
    ]
    source = write_dataset(tmp_path, rows)
    facts = measuring.score(
        base=clip, dataset=source, method="classification", label_column="heat", scope="global"
    )
    assert facts["variants"][0]["n_items"] == 2
    assert {f"class:{name}" for name in classes} <= set(facts["variants"][0]["by_category"])
    assert facts["left_out"] == {"pictures without a class": 2}


def test_classes_that_contradict_each_other_or_are_too_few_are_refused(
    clip: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    rows = [{"number": 0, "caption": "a", "category": name} for name in ("food", "drink")]
    source = write_dataset(tmp_path, rows)
    with pytest.raises(BenchmarkImpossible, match="of two classes: 'food' and 'drink'"):
        measuring.score(base=clip, dataset=source, method="classification", scope="global")
    with pytest.raises(BenchmarkImpossible, match=r"'colour' .* has 0 classes"):
        measuring.score(base=clip, dataset=dataset, method="classification", label_column="colour")


def test_a_quiz_without_anything_to_choose_about_pictures_is_refused(
    clip: Path, dataset: Path, measuring: Measuring, tmp_path: Path
) -> None:
    plain = write_quiz(tmp_path / "plain", [make_item()])
    with pytest.raises(BenchmarkImpossible, match="no question with options about a picture"):
        measuring.score(base=clip, quiz=plain, method="zeroshot")
    with pytest.raises(BenchmarkImpossible, match="are of a quiz"):
        measuring.score(base=clip, dataset=dataset, method="zeroshot")
