"""Quizzes on disk: read whole, or refused in a sentence."""

import json
from pathlib import Path

import pytest
from PIL import Image

from ml.datasets.pictures import Limits
from ml.loading import quizzes
from ml.loading.problems import UnfitQuiz
from tests.quizzes import make_item, place_picture, write_quiz


def test_a_quiz_is_read_as_it_was_written(tmp_path: Path) -> None:
    items = [
        make_item("a", scope="regional", country="XA", context=["Rice grows."]),
        make_item("b", answers=["bread", "loaf"], language="en"),
    ]
    found = quizzes.read(write_quiz(tmp_path / "plates", items))
    assert list(found.items) == items
    assert found.find("b") == items[1]
    assert found.find("c") is None
    assert found.facts.num_questions == 2
    assert found.facts.counts["form"] == {"choice": 1, "open": 1}
    assert found.facts.counts["scope"] == {"global": 1, "regional": 1}


def test_a_picture_is_opened_upright_and_rgb(tmp_path: Path) -> None:
    folder = tmp_path / "plates"
    item = make_item(**place_picture(folder))
    found = quizzes.read(write_quiz(folder, [item, make_item("bare")]))
    picture = found.open_picture(item)
    assert picture is not None
    assert picture.mode == "RGB"
    assert found.open_picture(found.items[1]) is None


def test_a_picture_that_was_exchanged_is_refused(tmp_path: Path) -> None:
    item = make_item(**place_picture(tmp_path))
    Image.new("RGB", (60, 60), "red").save(tmp_path / item.picture)
    with pytest.raises(UnfitQuiz, match="its digest is another"):
        quizzes.open_picture(tmp_path, item)


def test_a_picture_outside_the_folder_is_refused(tmp_path: Path) -> None:
    place_picture(tmp_path, "plate.jpg")
    (tmp_path / "plates").mkdir()
    item = make_item(picture="../pictures/plate.jpg", sha256="0" * 64)
    with pytest.raises(UnfitQuiz, match="leads outside"):
        quizzes.open_picture(tmp_path / "plates", item)


def test_an_oversized_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    item = make_item(**place_picture(tmp_path))
    with pytest.raises(UnfitQuiz, match="megapixels"):
        quizzes.open_picture(tmp_path, item, Limits(max_file_bytes=10**6, max_pixels=10))


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    item = make_item(picture="pictures/gone.jpg", sha256="0" * 64)
    with pytest.raises(UnfitQuiz, match=r"'bread-1' cannot be used. There is no file"):
        quizzes.open_picture(tmp_path, item)


def test_a_folder_without_a_quiz_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitQuiz, match=r"there is no quiz.json in it"):
        quizzes.read(tmp_path)


def test_questions_that_were_changed_are_refused(tmp_path: Path) -> None:
    folder = write_quiz(tmp_path / "plates", [make_item()])
    table = folder / quizzes.TABLE
    table.write_text(table.read_text("utf-8").replace("bread", "cake"), "utf-8")
    with pytest.raises(UnfitQuiz, match="was changed after it was made"):
        quizzes.read(folder)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "no question"),
        ('{"key": "a", "question": " ", "answers": ["x"]}', "'question': It must not be blank"),
    ],
)
def test_a_broken_line_is_told_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    folder = write_quiz(tmp_path / "plates", [make_item()])
    with (folder / quizzes.TABLE).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(UnfitQuiz, match=rf"Line 2 of questions.jsonl in 'plates'.*{said}"):
        quizzes.read(folder)


def test_two_questions_with_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitQuiz, match="'a' is of two questions"):
        quizzes.write(tmp_path, [make_item("a"), make_item("a")], name="n", licence="CC0-1.0")
    folder = write_quiz(tmp_path / "plates", [make_item("a")])
    line = json.dumps(make_item("a").to_json())
    (folder / quizzes.TABLE).write_text(f"{line}\n{line}\n", "utf-8")
    with pytest.raises(UnfitQuiz, match=r"the key 'a', which line 1 has already"):
        quizzes.read(folder)
