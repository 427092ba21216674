"""quiz.import: SEA-VQA as it is published, and where it says its country."""

from pathlib import Path

import pytest

from ml.datasets.problems import UnreadableSource
from tests.ml.importing.quizzes.conftest import Importer
from tests.pictures import jpeg
from tests.published_quizzes import write_jsonl, write_sea_vqa


def test_sea_vqa_takes_the_country_of_its_table_and_pictures_by_name(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_sea_vqa(tmp_path / "sea-vqa"))
    assert [item.answers for item in found.items] == [("Angkor Wat",), ("Royal ballet",)]
    assert {(item.country, item.scope, item.language) for item in found.items} == {
        ("KH", "regional", "en")
    }
    # A cell that names no option, and a picture that nobody put there.
    assert importer.reasons == {"no_answer": 1, "remote_picture": 1}
    assert "put the file 'gone.jpg' into the folder" in str(importer.facts["problems"])


def test_sea_vqa_takes_the_country_of_its_folder_where_its_tables_have_numbers(
    importer: Importer, tmp_path: Path
) -> None:
    source = write_sea_vqa(
        tmp_path / "sea-vqa", "default/cambodia/0000.parquet", "default/laos/0000.parquet"
    )
    found = importer.run(source)
    assert [(item.key, item.country, item.scope) for item in found.items] == [
        ("default-cambodia-0000-1", "KH", "regional"),
        ("default-cambodia-0000-2", "KH", "regional"),
        ("default-laos-0000-1", "LA", "regional"),
        ("default-laos-0000-2", "LA", "regional"),
    ]
    assert importer.reasons == {"no_answer": 2, "remote_picture": 2}


def test_rows_without_a_key_are_told_apart_by_the_place_of_their_table(
    importer: Importer, tmp_path: Path
) -> None:
    shards = [f"cambodia/{split}-0000{n}-of-00002.parquet" for split in ("train", "test")
              for n in range(2)]  # fmt: skip
    found = importer.run(write_sea_vqa(tmp_path / "sea-vqa", *shards))
    assert len({item.key for item in found.items}) == len(found.items) == 8
    assert "repeated" not in importer.reasons


@pytest.mark.parametrize(
    "table", ["sea_vqa.json", "default/camboda/0000.parquet", "data/my.json", "khm.json"]
)
def test_sea_vqa_that_names_no_country_is_not_taken_for_global(
    importer: Importer, tmp_path: Path, table: str
) -> None:
    source = write_sea_vqa(tmp_path / "sea-vqa", table)
    with pytest.raises(UnreadableSource, match=f"'{table}' is called after no country"):
        importer.run(source)
    laid_down = importer.run(source, scope="regional")
    assert {(item.country, item.scope) for item in laid_down.items} == {("", "regional")}


def test_a_column_says_more_of_a_country_than_the_name_of_its_table(
    importer: Importer, tmp_path: Path
) -> None:
    row = {"image_path": "a.jpg", "question": "What?", "choice_a": "x", "choice_b": "y",
           "correct_answer": "a"}  # fmt: skip
    (tmp_path / "sea-vqa").mkdir()
    (tmp_path / "sea-vqa" / "a.jpg").write_bytes(jpeg())
    rows = [row | {"country": country} for country in ("Laos", "Japan", "Thialand")]
    write_jsonl(tmp_path / "sea-vqa" / "cambodia.jsonl", rows)
    found = importer.run(tmp_path / "sea-vqa")
    assert [(item.country, item.scope) for item in found.items] == [
        ("LA", "regional"),
        ("JP", "global"),
    ]
    assert importer.reasons == {"no_scope": 1}
    assert "'Thialand' is no country that is known" in str(importer.facts["problems"])


def test_several_lists_in_one_table_are_not_read_as_one(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "sea_vqa.json").write_text('{"cambodia": [], "laos": []}', "utf-8")
    with pytest.raises(UnreadableSource, match=r"holds several lists: cambodia, laos. Save each"):
        importer.run(tmp_path / "sea_vqa.json")
