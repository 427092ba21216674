"""Every format that can be imported, as people have it on their disks."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.datasets.readers import registry
from specs.fields import describe
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures

from .conftest import Run


def read_items(out_dir: Path) -> list[dict[str, Any]]:
    return pq.read_table(sorted(out_dir.glob("items-*.parquet"))).to_pylist()


def read_problems(out_dir: Path) -> list[dict[str, Any]]:
    return pq.read_table(out_dir / "problems.parquet").to_pylist()


def test_every_format_of_the_spec_has_a_reader_and_the_reverse() -> None:
    form = next(field for field in describe(DatasetImport) if field.name == "format")
    assert set(form.choices) - {"auto"} == set(registry.READERS)


def test_folder_with_text_files_beside_the_pictures(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=3)
    result = importer(folder)
    items = read_items(out_dir)
    assert result["reader"] == "folder"
    assert [item["key"] for item in items] == ["000.jpg", "001.jpg", "002.jpg"]
    assert [item["caption"] for item in items] == ["Caption 0", "Caption 1", "Caption 2"]
    assert items[0]["image"]["bytes"] == (folder / "000.jpg").read_bytes()
    assert items[0]["licence"] == "CC-BY-4.0"


def test_folder_with_json_files_beside_the_pictures(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.png").write_bytes(pictures.png())
    facts = {"text": "Nasi lemak", "lang": "ms", "license": "CC0-1.0", "country": "MY", "n": 3}
    (folder / "a.json").write_text(json.dumps(facts), "utf-8")
    importer(folder)
    (item,) = read_items(out_dir)
    assert (item["caption"], item["language"], item["licence"]) == ("Nasi lemak", "ms", "CC0-1.0")
    assert (item["country"], json.loads(item["metadata"])) == ("MY", {"n": 3})


@pytest.mark.parametrize("name", ["captions.csv", "captions.tsv", "captions.jsonl"])
def test_folder_with_a_table_of_captions(
    importer: Run, tmp_path: Path, out_dir: Path, name: str
) -> None:
    folder = tmp_path / "in"
    pictures.write_folder(folder / "images", num_items=3)
    rows = [{"file_name": f"images/{n:03d}.jpg", "caption": f"Row, {n}"} for n in range(2)]
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        if name.endswith(".jsonl"):
            file.writelines(json.dumps(row) + "\n" for row in rows)
        else:
            mark = "\t" if name.endswith(".tsv") else ","
            writer = csv.DictWriter(file, list(rows[0]), delimiter=mark)
            writer.writeheader()
            writer.writerows(rows)
    result = importer(folder)
    assert [item["caption"] for item in read_items(out_dir)] == ["Row, 0", "Row, 1"]
    (note,) = result["notes"]
    assert note.startswith(f"The folder holds 3 pictures and '{name}' 2 rows: pictures that it")


def test_image_folder_of_classes(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    for label in ("ayam_goreng", "rendang"):
        folder = tmp_path / "in" / "train" / label
        folder.mkdir(parents=True)
        (folder / "1.jpg").write_bytes(pictures.jpeg())
    result = importer(tmp_path / "in")
    items = read_items(out_dir)
    assert result["reader"] == "imagefolder"
    assert [item["caption"] for item in items] == ["ayam goreng", "rendang"]
    assert {item["split"] for item in items} == {"train"}
    assert json.loads(items[0]["metadata"]) == {"label": "ayam_goreng"}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_image_folder_with_metadata_in_each_split(
    importer: Run, tmp_path: Path, out_dir: Path, form: str
) -> None:
    for split in ("test", "train"):
        folder = tmp_path / "in" / split
        pictures.write_folder(folder, num_items=1)
        (folder / "000.txt").unlink()
        table = pa.table({"file_name": ["000.jpg"], "text": [f"In {split}"]})
        path = folder / f"metadata.{form}"
        if form == "parquet":
            pq.write_table(table, path)
        elif form == "csv":
            path.write_text(f"file_name,text\n000.jpg,In {split}\n", "utf-8")
        else:
            path.write_text(json.dumps(table.to_pylist()[0]) + "\n", "utf-8")
    result = importer(tmp_path / "in")
    items = read_items(out_dir)
    assert result["reader"] == "imagefolder"
    assert [(item["split"], item["caption"]) for item in items] == [
        ("test", "In test"),
        ("train", "In train"),
    ]


def test_parquet_with_hugging_face_pictures(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    data = pictures.jpeg()
    table = pa.table(
        {
            "id": ["a", "b"],
            "image": [{"bytes": data, "path": "a.jpg"}, {"bytes": data, "path": None}],
            "text": ["one", "two"],
            "score": [0.5, float("nan")],
            "embedding": [b"123", b"456"],
        }
    )
    pq.write_table(table, tmp_path / "train-00000-of-00001.parquet")
    result = importer(tmp_path / "train-00000-of-00001.parquet")
    items = read_items(out_dir)
    assert [item["key"] for item in items] == ["a", "b"]
    assert items[0]["image"]["path"] == "a.jpg"
    assert [json.loads(item["metadata"]) for item in items] == [{"score": 0.5}, {"score": None}]
    assert items[0]["split"] == "train"
    assert result["notes"] == [
        "Column 'embedding' of 'train-00000-of-00001.parquet' holds bytes and was left out."
    ]


def test_folder_of_parquet_files_in_order(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = tmp_path / "in" / "data"
    folder.mkdir(parents=True)
    for number in range(2):
        table = pa.table({"image": [pictures.jpeg()], "caption": [f"part {number}"]})
        pq.write_table(table, folder / f"train-0000{number}-of-00002.parquet")
    assert importer(tmp_path / "in")["reader"] == "parquet"
    assert [item["caption"] for item in read_items(out_dir)] == ["part 0", "part 1"]


@pytest.mark.parametrize("where", ["", "data"])
@pytest.mark.parametrize("form", ["auto", "jsonl"])
def test_folder_of_jsonl_files_in_order(
    importer: Run, tmp_path: Path, out_dir: Path, where: str, form: str
) -> None:
    """Pictures lie beside the table that names them; a split gives its name to its rows."""
    folder = pictures.write_folder(tmp_path / "in" / where, num_items=5)
    pictures.write_jsonl(folder, num_shards=3)
    (folder / "train-00002-of-00003.jsonl").rename(folder / "test-00000-of-00001.jsonl")
    result = importer(tmp_path / "in", format=form)
    assert (result["reader"], result["num_problems"]) == ("jsonl", 0)
    assert [(item["split"], item["caption"]) for item in read_items(out_dir)] == [
        ("test", "Caption 4"),
        *(("train", f"Caption {number}") for number in range(4)),
    ]


def test_what_was_written_can_be_imported_again_with_the_same_digest(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    first = importer(pictures.write_folder(tmp_path / "in"))
    again = importer(
        out_dir / "items-00000.parquet",
        options={"out_dir": tmp_path / "out2", "state_dir": tmp_path / "state2"},
    )
    assert again["digest"] == first["digest"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_with_any_delimiter_and_byte_order_mark(
    importer: Run, tmp_path: Path, out_dir: Path, mark: str, encoding: str
) -> None:
    (tmp_path / "a.jpg").write_bytes(pictures.jpeg())
    rows = ["image", "caption"], ["a.jpg", '"ต้มยำ, หรือ ""tom yum"""']
    text = "\r\n".join(mark.join(row) for row in rows)
    (tmp_path / "t.csv").write_text(text, encoding)
    importer(tmp_path / "t.csv")
    assert read_items(out_dir)[0]["caption"] == 'ต้มยำ, หรือ "tom yum"'


def test_columns_of_any_usual_name_are_understood(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    (tmp_path / "a.jpg").write_bytes(pictures.jpeg())
    (tmp_path / "t.csv").write_text(
        "ID,File_Name,Prompt,lang,License,country_code,source_url,split,mood\n"
        "7,a.jpg,A bowl,vi,CC0,VN,https://Anh.example.vn/a?b=1,test,calm\n",
        "utf-8",
    )
    importer(tmp_path / "t.csv")
    (item,) = read_items(out_dir)
    assert (item["key"], item["language"], item["licence"]) == ("7", "vi", "CC0")
    assert (item["country"], item["host"], item["split"]) == ("VN", "anh.example.vn", "test")
    assert json.loads(item["metadata"]) == {"mood": "calm"}


def test_columns_that_the_spec_names_are_used(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(pictures.jpeg())
    line = {"image": "wrong.jpg", "foto": "a.jpg", "caption": "wrong", "teks": "right"}
    (tmp_path / "t.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    importer(
        tmp_path / "t.jsonl", image_column="foto", caption_column="teks", default_language="id"
    )
    (item,) = read_items(out_dir)
    assert (item["caption"], item["language"]) == ("right", "id")


def test_a_table_in_a_folder_of_pictures_is_found(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    pictures.write_folder(tmp_path / "in" / "images", num_items=2)
    (tmp_path / "in" / "list.csv").write_text("image,caption\nimages/001.jpg,One\n", "utf-8")
    assert importer(tmp_path / "in")["reader"] == "csv"
    assert [item["caption"] for item in read_items(out_dir)] == ["One"]


def test_paths_written_on_windows_are_found(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    pictures.write_folder(tmp_path / "images", num_items=1)
    (tmp_path / "t.csv").write_text("image,caption\nimages\\000.jpg,One\n", "utf-8")
    assert importer(tmp_path / "t.csv")["num_items"] == 1


def test_only_as_many_items_as_asked_for(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=5)
    assert importer(folder, max_items=2)["num_items"] == 2
    again = importer(folder, max_items=2, options={"out_dir": tmp_path / "again"})
    assert again["num_items"] == 2
