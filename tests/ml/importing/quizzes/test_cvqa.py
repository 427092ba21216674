"""quiz.import: CVQA as it is published."""

from pathlib import Path

from tests.ml.importing.quizzes.conftest import Importer
from tests.published_quizzes import write_cvqa


def test_cvqa_is_asked_in_its_own_words(importer: Importer, tmp_path: Path) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"))
    first, second = found.items
    assert first.question == "Apa nama makanan ini?"
    assert first.options == ("Rendang", "Gudeg", "Soto", "Rawon")
    assert first.answers == ("Gudeg",)
    assert (first.country, first.language, first.scope, first.region) == (
        "ID", "id", "regional", "sea",
    )  # fmt: skip
    assert (first.category, first.split) == ("Cooking and food", "test")
    assert first.licence == "CC BY-SA"
    assert (second.country, second.language, second.scope, second.region) == (
        "JP", "ja", "global", "",
    )  # fmt: skip
    picture = found.open_picture(first)
    assert picture is not None
    assert picture.size == (64, 64)


def test_an_answer_that_its_publisher_keeps_back_is_a_problem(
    importer: Importer, tmp_path: Path
) -> None:
    importer.run(write_cvqa(tmp_path / "cvqa"))
    assert importer.reasons == {"no_answer": 1}
    assert "keeps the answer back" in importer.facts["problems"][0]["message"]


def test_cvqa_in_both_languages_is_one_group_per_question(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"), words="both")
    own, translated = found.items[:2]
    assert own.group == translated.group
    assert own.key != translated.key
    assert (translated.language, translated.question) == ("en", "What is the name of this food?")
    assert translated.options == ("Rendang", "Gudeg", "Soup", "Black soup")
    assert own.sha256 == translated.sha256
