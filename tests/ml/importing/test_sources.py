"""What cannot be imported at all says so in one sentence, and leaves nothing behind."""

import json
import pickle
import re
import stat
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.datasets.archives import ArchiveLimits
from ml.datasets.problems import UnreadableSource
from tests import pictures

from .conftest import Run
from .test_readers import read_items


@pytest.fixture
def refuse(importer: Run, out_dir: Path) -> Run:
    """The sentence with which a source is refused."""

    def run_and_refuse(path: Path, **fields: object) -> str:
        with pytest.raises(UnreadableSource) as caught:
            importer(path, **fields)
        assert not out_dir.exists()
        return str(caught.value)

    return run_and_refuse


def write_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def test_source_that_is_not_there(refuse: Run, tmp_path: Path) -> None:
    assert refuse(tmp_path / "none") == "There is no file or folder 'none'."


def test_empty_folder(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert refuse(tmp_path / "in") == (
        "There are no pictures and no Parquet, JSONL or tar files in the folder 'in': it is empty."
    )


def test_folder_without_pictures_says_what_it_holds(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.docx").write_bytes(b"x")
    assert refuse(tmp_path / "in").endswith("it holds notes.docx.")


def test_folder_in_which_nothing_can_be_imported_names_the_first_reason(
    refuse: Run, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(pictures.jpeg())
    assert refuse(tmp_path / "in") == (
        "None of the 1 items of 'in' can be imported. The first: a.jpg: There is no 'a.txt' or "
        "'a.json' beside it."
    )


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_table_with_wrong_columns_names_those_it_has(
    refuse: Run, tmp_path: Path, name: str
) -> None:
    row = {"picture_of": "a.jpg", "words": "b"}
    text = ",".join(row) + "\na.jpg,b\n" if name.endswith("csv") else json.dumps(row)
    (tmp_path / name).write_text(text, "utf-8")
    message = refuse(tmp_path / name)
    assert "has no column for the picture: looked for any of image, file_name," in message
    assert message.endswith("its columns are: picture_of, words.")


def test_column_that_the_spec_names_must_be_there(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,caption\na.jpg,b\n", "utf-8")
    assert refuse(tmp_path / "t.csv", caption_column="teks") == (
        "'t.csv' has no column for the caption: looked for 'teks'; its columns are: image, caption."
    )


def test_parquet_with_wrong_columns(refuse: Run, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    assert refuse(tmp_path / "t.parquet").endswith("its columns are: a.")


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"a,b\n1,2\n", "text"), (b"PK\x03\x04", "a zip archive"), (b"", "empty")],
)
def test_parquet_that_is_not_parquet(refuse: Run, tmp_path: Path, data: bytes, found: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "t.parquet").write_bytes(data)
    assert refuse(folder) == f"'t.parquet' is not Parquet: by its contents it is {found}."


def test_damaged_parquet(refuse: Run, tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": [b"x"], "caption": ["c"]}), tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:-20])
    assert refuse(tmp_path / "t.parquet").startswith(
        "'t.parquet' begins like Parquet but cannot be read: "
    )


def test_table_in_another_encoding(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("image,caption\na.jpg,café\n".encode("latin-1"))
    assert refuse(tmp_path / "t.csv") == (
        "'t.csv' is not UTF-8: line 2 holds the byte 0xe9. Save it as UTF-8."
    )
    (tmp_path / "u.csv").write_bytes("image,caption\n".encode("utf-16"))
    assert refuse(tmp_path / "u.csv") == "'u.csv' is UTF-16 text; save it as UTF-8."


def test_json_list_is_told_from_jsonl(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('[{"image": "a"}]', "utf-8")
    assert "is a JSON list; JSONL has one object per line" in refuse(tmp_path / "t.jsonl")


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_empty_table(refuse: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert refuse(tmp_path / name) == f"'{name}' is empty."


def test_table_that_never_ends_a_line_is_not_read_whole(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"a" * (5 * 2**20))
    assert refuse(tmp_path / "t.csv") == "Line 1 of 't.csv' is longer than 4 MiB."


def test_quote_that_is_never_closed(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('image,caption\na.jpg,"' + "word\n" * 300_000, "utf-8")
    assert "cannot be read as a table near line" in refuse(tmp_path / "t.csv")


@pytest.mark.parametrize("name", ["model.pkl", "t.parquet", "t.csv"])
def test_pickle_is_refused_by_its_content(refuse: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(pickle.dumps([1, 2, 3]))
    assert f"'{name}' is a Python pickle. Pickles can run code" in refuse(tmp_path / name)


def test_single_picture_is_no_data_set(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(pictures.jpeg())
    assert refuse(tmp_path / "a.jpg").startswith("'a.jpg' is a JPEG picture; a zip archive,")


def test_folder_of_a_saved_data_set_says_what_to_do(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "data-00000-of-00001.arrow").write_bytes(b"ARROW1")
    assert "save it with to_parquet" in refuse(tmp_path / "in")


def test_zip_is_unpacked_and_read(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    members = {
        "top/a.jpg": pictures.jpeg(), "top/a.txt": b"In a zip", "__MACOSX/top/._a.jpg": b"x",
        "top/.DS_Store": b"x",
    }  # fmt: skip
    assert importer(write_zip(tmp_path / "in.zip", members))["num_items"] == 1
    assert read_items(out_dir)[0]["key"] == "a.jpg"


@pytest.mark.parametrize(
    "name", ["../out.jpg", "/etc/x.jpg", "a/../../x.jpg", "..\\x.jpg", "C:\\x"]
)
def test_zip_slip_is_refused_whole(refuse: Run, tmp_path: Path, name: str) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": pictures.jpeg(), "a.txt": b"x", name: b"x"})
    assert re.search("holds '.*', which leads outside the archive", refuse(archive))
    assert not (tmp_path / "state" / "unpacked").exists()
    assert not (tmp_path / "out.jpg").exists()


def test_zip_with_a_link_is_refused(refuse: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as file:
        link = zipfile.ZipInfo("passwords.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert "holds the link 'passwords.txt'" in refuse(tmp_path / "in.zip")


def test_zip_bomb_is_refused_before_it_is_unpacked(refuse: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": b"\0" * (80 * 2**20)})
    message = refuse(archive)
    assert "unpacks to 83.9 MB or more, which is beyond the limit" in message


def test_zip_bomb_that_lies_about_its_size_is_stopped(refuse: Run, tmp_path: Path) -> None:
    limits = ArchiveLimits(max_ratio=2, ratio_from_bytes=1000)
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": b"\0" * 100_000})
    data = archive.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(data)
    message = refuse(archive, options={"archive_limits": limits})
    assert "cannot be read" in message or "beyond the limit" in message


def test_zip_with_too_many_files(refuse: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {f"{n}.txt": b"x" for n in range(5)})
    limits = ArchiveLimits(max_members=4)
    assert "holds 5 files; at most 4 are unpacked" in refuse(
        archive, options={"archive_limits": limits}
    )


def test_zip_larger_than_the_disk(refuse: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": b"x"})
    limits = ArchiveLimits(spare_bytes=2**62)
    assert "of the disk are free for it" in refuse(archive, options={"archive_limits": limits})


def test_encrypted_zip(refuse: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": b"secret"})
    data = bytearray(archive.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    archive.write_bytes(data)
    assert "is encrypted ('a.jpg'). Unlock it and try again." in refuse(archive)


def test_zip_with_a_pickle(refuse: Run, tmp_path: Path) -> None:
    torch = write_zip(tmp_path / "in.zip", {"archive/data.pkl": b"x"})
    assert "holds the Python pickle 'archive/data.pkl'" in refuse(torch)
    hidden = write_zip(tmp_path / "in2.zip", {"a.jpg": pickle.dumps([1])})
    assert "holds the Python pickle 'a.jpg'" in refuse(hidden)


def test_damaged_and_empty_zip(refuse: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": pictures.jpeg()})
    archive.write_bytes(archive.read_bytes()[:200])
    assert refuse(archive).startswith("The zip archive 'in.zip' cannot be read:")
    assert refuse(write_zip(tmp_path / "e.zip", {})) == "The zip archive 'e.zip' is empty."


def test_more_than_one_table_asks_which(refuse: Run, tmp_path: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1)
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("image,caption\n", "utf-8")
    assert "holds pictures and more than one table: a.csv, b.csv" in refuse(folder)
    assert "one table ending in .csv or .tsv is expected; found: a.csv, b.csv" in refuse(
        folder, format="csv"
    )


def test_jsonl_that_may_be_other_captions_for_the_same_pictures_asks_which(
    refuse: Run, tmp_path: Path
) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1)
    for name in ("english.jsonl", "indonesian.jsonl"):
        (folder / name).write_text('{"image": "000.jpg", "caption": "x"}\n', "utf-8")
    assert refuse(folder) == (
        "'in' holds pictures and more than one table: english.jsonl, indonesian.jsonl. Name one of "
        "them as the source, or call it captions.csv."
    )


def test_several_tables_without_pictures_are_named(refuse: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.csv", "b.jsonl"):
        (tmp_path / "in" / name).write_text("image,caption\n", "utf-8")
    assert refuse(tmp_path / "in").startswith("'in' holds more than one table: a.csv, b.jsonl.")


def test_a_folder_without_jsonl_says_so_when_it_was_asked_for(refuse: Run, tmp_path: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1)
    assert refuse(folder, format="jsonl") == "The folder 'in' holds no JSONL files."
