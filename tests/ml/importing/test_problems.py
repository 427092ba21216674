"""What is wrong with an item is listed, and the others are imported."""

import json
import os
import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests import pictures

from .conftest import Run
from .test_readers import read_items, read_problems

GOOD = "good.jpg"


def import_with(
    importer: Run, folder: Path, name: str, data: bytes, **fields: object
) -> dict[str, str]:
    """Import a good picture and one more; the reason and sentence about that one."""
    folder.mkdir(exist_ok=True)
    for file, content in ((GOOD, pictures.jpeg()), (name, data)):
        (folder / file).write_bytes(content)
        (folder / file).with_suffix(".txt").write_text("A caption", "utf-8")
    result = importer(folder, **fields)
    assert result["num_items"] == 1
    assert result["num_problems"] == 1
    (problem,) = read_problems(folder.parent / "out")
    assert problem["reference"] == name
    return problem


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\n<!DOCTYPE html><script>alert(1)</script>", "an HTML page"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04zip", "a zip archive"),
        (b"\x7fELF....", "a program"),
        (b"#!/bin/sh", "a script"),
        (b"%!PS-Adobe", "a PostScript document"),
        (b"hello", "text"),
        (b"\x00\x01\x02\x03", "of an unknown binary kind"),
        (pickle.dumps({"a": 1}), "a Python pickle"),
    ],
)
def test_disguised_file_is_named_for_what_it_is(
    importer: Run, tmp_path: Path, data: bytes, found: str
) -> None:
    problem = import_with(importer, tmp_path / "in", "other.jpg", data)
    assert problem["reason"] == "not_a_picture"
    assert problem["message"].endswith(f"by its contents it is {found}.")


def test_bomb_is_refused_before_it_is_decoded(importer: Run, tmp_path: Path) -> None:
    problem = import_with(importer, tmp_path / "in", "other.png", pictures.bomb_png())
    assert problem["reason"] == "too_many_pixels"
    assert problem["message"] == (
        "The picture is 60,000 x 60,000 = 3,600.0 megapixels; at most 100.0 are decoded."
    )


def test_picture_over_the_pixel_limit_of_the_spec(importer: Run, tmp_path: Path) -> None:
    data = pictures.jpeg(300, 200)
    problem = import_with(importer, tmp_path / "in", "other.jpg", data, max_picture_megapixels=0.05)
    assert problem["reason"] == "too_many_pixels"


def test_file_over_the_size_limit_of_the_spec(importer: Run, tmp_path: Path) -> None:
    data = pictures.jpeg() + b"\0" * 50_000
    problem = import_with(importer, tmp_path / "in", "other.jpg", data, max_file_mb=0.02)
    assert problem["reason"] == "file_too_large"


def test_truncated_picture(importer: Run, tmp_path: Path) -> None:
    problem = import_with(importer, tmp_path / "in", "other.jpg", pictures.jpeg(400, 400)[:-2000])
    assert problem["reason"] == "truncated_picture"


@pytest.mark.parametrize(
    "data",
    [
        pictures.png()[:40],
        b"\xff\xd8\xff\xe0" + b"nonsense" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"BM" + b"\xff" * 60,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"II*\x00\x08\x00\x00\x00",
        b"GIF89a" + b"\0" * 4,
        b"\x00\x00\x00 ftypavif",
    ],
)
def test_broken_picture(importer: Run, tmp_path: Path, data: bytes) -> None:
    problem = import_with(importer, tmp_path / "in", "other.png", data)
    assert problem["reason"] in ("broken_picture", "truncated_picture")


def test_animated_picture(importer: Run, tmp_path: Path) -> None:
    problem = import_with(importer, tmp_path / "in", "other.gif", pictures.animated_gif())
    assert problem["reason"] == "animated_picture"
    assert problem["message"] == "The GIF file holds 3 pictures; one is expected."


def test_empty_file(importer: Run, tmp_path: Path) -> None:
    assert import_with(importer, tmp_path / "in", "other.jpg", b"")["reason"] == "empty_file"


def test_small_picture_is_kept_and_noted(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "s.jpg").write_bytes(pictures.jpeg(40, 90))
    (folder / "s.txt").write_text("Small", "utf-8")
    result = importer(folder)
    (problem,) = read_problems(out_dir)
    assert (result["num_items"], result["num_left_out"]) == (1, 0)
    assert (problem["reason"], problem["is_kept"]) == ("small_picture", True)


def test_picture_without_a_caption(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=2)
    (folder / "001.txt").write_text("  \n", "utf-8")
    (folder / "002.jpg").write_bytes(pictures.jpeg())
    assert importer(folder)["num_items"] == 1
    assert [p["reason"] for p in read_problems(out_dir)] == ["no_caption", "no_caption"]


def test_caption_that_is_not_utf8_is_listed(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=2)
    (folder / "001.txt").write_bytes("café".encode("latin-1"))
    importer(folder)
    (problem,) = read_problems(out_dir)
    assert problem["message"] == "'001.txt' is not UTF-8; save it as UTF-8."


def test_paths_of_a_table_stay_inside_its_folder(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    folder = tmp_path / "in"
    pictures.write_folder(folder, num_items=1)
    (tmp_path / "secret.jpg").write_bytes(pictures.jpeg())
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    references = [
        *("000.jpg", "../secret.jpg", str(tmp_path / "secret.jpg"), "link.jpg", "loop.jpg"),
        *("pipe.jpg", ".", "none.jpg", "nul\\u0000.jpg", "https://a.example/b.jpg"),
    ]
    lines = [f'{{"image": "{reference}", "caption": "c"}}' for reference in references]
    (folder / "t.jsonl").write_text("\n".join(lines), "utf-8")
    importer(folder / "t.jsonl")
    assert [item["key"] for item in read_items(out_dir)] == ["000.jpg"]
    assert [problem["reason"] for problem in read_problems(out_dir)] == [
        *["outside_folder"] * 3, *["missing_file"] * 5, "remote_picture",
    ]  # fmt: skip


def test_links_in_a_folder_that_lead_out_are_refused(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1)
    secret = pictures.write_folder(tmp_path / "secret", num_items=1)
    (folder / "b.jpg").symlink_to(secret / "000.jpg")
    (folder / "b.txt").write_text("A link", "utf-8")
    (folder / "c.jpg").write_bytes(pictures.jpeg())
    (folder / "c.txt").symlink_to(secret / "000.txt")
    (folder / "more").symlink_to(secret)
    importer(folder)
    assert [(p["reference"], p["reason"]) for p in read_problems(out_dir)] == [
        ("b.jpg", "outside_folder"),
        ("c.jpg", "unreadable_caption"),
    ]


def test_rows_that_cannot_be_read_are_listed(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    pictures.write_folder(tmp_path, num_items=1)
    lines = ['{"image": "000.jpg", "caption": "ok"}', "{broken", "[1]", "",
             '{"image": 3, "caption": "c"}', '{"image": "000.jpg", "caption": ["c"]}',
             '{"caption": "c"}', '{"image": "000.jpg"}', "[" * 100_000]  # fmt: skip
    (tmp_path / "t.jsonl").write_text("\n".join(lines), "utf-8")
    importer(tmp_path / "t.jsonl")
    assert [(p["reference"], p["reason"]) for p in read_problems(out_dir)] == [
        ("t.jsonl, line 2", "unreadable_row"),
        ("t.jsonl, line 3", "unreadable_row"),
        ("t.jsonl, line 5", "unreadable_row"),
        ("t.jsonl, line 6", "unreadable_row"),
        ("t.jsonl:7", "no_picture"),
        ("000.jpg", "no_caption"),
        ("t.jsonl, line 9", "unreadable_row"),
    ]


def test_csv_row_with_too_few_fields(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    pictures.write_folder(tmp_path, num_items=1)
    (tmp_path / "t.csv").write_text("image,caption\n000.jpg,ok\n000.jpg\n", "utf-8")
    importer(tmp_path / "t.csv")
    (problem,) = read_problems(out_dir)
    assert problem["message"] == "The row has 1 fields; the header has 2."


def test_parquet_row_with_a_disguised_picture(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    table = pa.table({"image": [pictures.png(), b"<html>", None], "caption": ["a", "b", "c"]})
    pq.write_table(table, tmp_path / "t.parquet")
    importer(tmp_path / "t.parquet")
    assert [p["reason"] for p in read_problems(out_dir)] == ["not_a_picture", "no_picture"]


def test_text_that_a_database_cannot_hold_is_cleaned(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    pictures.write_folder(tmp_path, num_items=1)
    line = {"image": "000.jpg", "caption": "a\u0000b\ud800c", "\u0000": "x\u0000"}
    (tmp_path / "t.jsonl").write_text(json.dumps(line), "utf-8")
    result = importer(tmp_path / "t.jsonl")
    assert read_items(out_dir)[0]["caption"] == "ab?c"
    assert result["sample"][0]["caption"] == "ab?c"
