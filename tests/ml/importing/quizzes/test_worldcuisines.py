"""quiz.import: WorldCuisines as it is published, with its dishes beside it."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.datasets.problems import UnreadableSource
from tests.ml.importing.quizzes.conftest import Importer
from tests.pictures import jpeg
from tests.published_quizzes import (
    ASKED_PICTURE,
    WORLDCUISINES_KB,
    WORLDCUISINES_ROWS,
    write_dishes,
    write_dishes_as_text,
    write_jsonl,
    write_worldcuisines,
)


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


def test_worldcuisines_of_the_hub_has_its_pictures_and_countries_in_the_table_of_dishes(
    importer: Importer, tmp_path: Path
) -> None:
    source = tmp_path / "wc"
    write_dishes(source / "food-kb" / "main-00000-of-00001.parquet")
    (source / "vqa").mkdir()
    questions = pa.Table.from_pylist(list(WORLDCUISINES_ROWS))
    pq.write_table(questions, source / "vqa" / "test_large-00000-of-00001.parquet")
    found = importer.run(source)
    assert importer.reasons == {}
    assert [(item.key, item.country, item.scope) for item in found.items] == [
        ("small_task2-300-id_formal", "ID", "regional"),
        ("small_task2-300-fr", "ID", "regional"),
    ]
    assert {item.sha256 for item in found.items} == {hashlib.sha256(ASKED_PICTURE).hexdigest()}
    # Of four pictures the one that is asked about is written out of the table.
    assert len(list((importer.folder / "state" / "dishes").iterdir())) == 1


@pytest.mark.parametrize("wanted", ["auto", "jsonl"])
def test_the_table_of_dishes_may_have_another_format_than_the_questions(
    importer: Importer, tmp_path: Path, wanted: str
) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    write_dishes_as_text(source / "worldcuisines.csv")
    found = importer.run(source, format=wanted)
    assert {(item.country, item.scope) for item in found.items} == {("ID", "regional")}
    assert importer.facts["tables"] == [
        "fr_small_eval_task2.jsonl",
        "id_formal_small_eval_task2.jsonl",
    ]


def test_the_columns_of_dishes_count_whatever_their_case(
    importer: Importer, tmp_path: Path
) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    dish = {name.lower(): value for name, value in WORLDCUISINES_KB.items()}
    write_jsonl(source / "food-kb.jsonl", [{"food_id": "7", "countries": "Laos"}, dish])
    found = importer.run(source)
    assert {item.country for item in found.items} == {"ID"}


@pytest.mark.parametrize(
    ("countries", "scopes"),
    [
        (["Global"], {("", "global")}),
        (["France", "Brunei Darussalam"], {("BN", "regional")}),
        (["Japan", "Korea"], {("JP", "global")}),
    ],
)
def test_a_dish_is_regional_where_one_of_its_countries_is(
    importer: Importer, tmp_path: Path, countries: list[str], scopes: set[tuple[str, str]]
) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    write_jsonl(source / "food-kb.jsonl", [{"food_id": "482", "Countries": countries}])
    found = importer.run(source)
    assert {(item.country, item.scope) for item in found.items} == scopes


def test_a_dish_of_a_country_that_nobody_knows_might_be_of_the_region(
    importer: Importer, tmp_path: Path
) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    write_jsonl(source / "food-kb.jsonl", [{"food_id": "482", "Countries": ["Japan", "Indochina"]}])
    with pytest.raises(UnreadableSource, match="'Indochina' is no country that is known"):
        importer.run(source)


@pytest.mark.parametrize("text", ["", "\n\n", "{}", "[1"])
def test_what_lies_beside_in_another_format_and_is_no_table_is_passed_over(
    importer: Importer, tmp_path: Path, text: str
) -> None:
    source = write_worldcuisines(tmp_path / "wc")
    for name in ("dataset_infos.json", "a-note.csv", "old.parquet"):
        (source / name).write_text(text, "utf-8")
    assert len(importer.run(source, format="jsonl").items) == 2


def test_dishes_alone_are_no_quiz(importer: Importer, tmp_path: Path) -> None:
    write_dishes(tmp_path / "wc" / "main.parquet")
    with pytest.raises(UnreadableSource, match=r"'main.parquet' holds dishes and no questions"):
        importer.run(tmp_path / "wc")
