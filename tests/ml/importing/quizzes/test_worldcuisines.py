"""quiz.import: WorldCuisines as it is published, with its dishes beside it."""

from pathlib import Path

import pytest

from ml.datasets.problems import UnreadableSource
from tests.ml.importing.quizzes.conftest import Importer
from tests.pictures import jpeg
from tests.published_quizzes import write_jsonl, write_worldcuisines


def test_worldcuisines_options_are_read_from_its_prompt(importer: Importer, tmp_path: Path) -> None:
    found = importer.run(write_worldcuisines(tmp_path / "wc"))
    french, indonesian = found.items
    assert indonesian.question == "Negara manakah yang mempopulerkan hidangan ini?"
    assert indonesian.options == ("Jepang", "Filipina", "Indonesia", "Hong Kong", "Hong Kong")
    assert indonesian.answer == 2
    assert (indonesian.language, french.language) == ("id-x-formal", "fr")
    assert indonesian.group == french.group == "small_task2-300"
    assert (french.country, french.scope) == ("ID", "regional")  # of the dish, not the words
    assert importer.reasons == {}


def test_worldcuisines_in_words_may_accept_every_language(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_worldcuisines(tmp_path / "wc"), form="open", accepted="group")
    assert [item.answers for item in found.items] == [
        ("Indonésie", "Indonesia"),
        ("Indonesia", "Indonésie"),
    ]
    assert not any(item.is_choice for item in found.items)


def test_a_row_whose_country_nobody_knows_has_no_scope(importer: Importer, tmp_path: Path) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    with pytest.raises(UnreadableSource, match="does not say its country"):
        importer.run(source)
    found = importer.run(source, scope="regional", languages=["id"])
    assert [item.scope for item in found.items] == ["regional"]
    assert importer.facts["num_passed_over"] == 1


def test_worldcuisines_of_the_later_version_counts_from_zero(
    importer: Importer, tmp_path: Path
) -> None:
    row = {
        "qa_id": 7, "lang": "en", "question": "Where is it from?", "prompt_type": "2",
        "options": ["Japan", "Laos"], "mcq_answer_index": 1, "answer": "Laos",
        "image_path": "plate.jpg", "Countries": ["Thailand", "Japan"],
    }  # fmt: skip
    (tmp_path / "wc").mkdir()
    (tmp_path / "wc" / "plate.jpg").write_bytes(jpeg())
    write_jsonl(tmp_path / "wc" / "test.jsonl", [row])
    (item,) = importer.run(tmp_path / "wc").items
    assert (item.key, item.answers, item.country) == ("type-2-7-en", ("Laos",), "TH")
