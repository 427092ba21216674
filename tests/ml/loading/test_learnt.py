from pathlib import Path

import pytest

from ml.loading.problems import UnfitQuiz
from ml.loading.speaking import learnt
from specs.quiz import QuizItem


def make_item(key: str, question: str, picture: str = "") -> QuizItem:
    files = {"picture": f"{picture}.png", "sha256": picture * 64} if picture else {}
    return QuizItem(key=key, question=question, answers=("red",), **files)


def test_a_question_is_the_same_by_its_words_and_its_picture() -> None:
    taught = learnt.gather([make_item("a", "What colour  is it?", "0")], pictures=["2" * 64])
    asked = [
        make_item("b", "what colour is it?", "0"),  # the same
        make_item("c", "What colour is it?", "1"),  # of another picture
        make_item("d", "How many are there?", "0"),  # another of the same picture
        make_item("e", "How many are there?", "2"),  # of a picture that was learnt with a caption
        make_item("f", "What colour is it?"),
    ]
    overlap = learnt.compare(taught, asked)
    assert (overlap.num_questions, overlap.num_pictures, overlap.num_asked) == (1, 2, 5)
    assert not learnt.compare(taught, asked[1:2])


def test_what_was_taught_is_read_as_it_was_written_and_holds_no_words(tmp_path: Path) -> None:
    taught = learnt.gather([make_item("a", "What is Mrs Sari's number?", "0")])
    learnt.write(tmp_path, taught)
    assert learnt.read(tmp_path) == taught
    assert "Sari" not in (tmp_path / learnt.FILE).read_text("utf-8")
    assert not learnt.read(tmp_path / "elsewhere")


def test_a_file_that_does_not_say_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / learnt.FILE).write_text("[]")
    with pytest.raises(UnfitQuiz, match=r"does not tell what the model was taught"):
        learnt.read(tmp_path)
