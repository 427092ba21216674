"""Sources that were made to break the import: they are refused by a sentence, never by a crash."""

import errno
import os
import struct
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.datasets.problems import UnreadableSource
from tests import pictures

from .conftest import Run
from .test_readers import read_items, read_problems
from .test_sources import write_zip


def test_zip_members_without_a_name_are_refused(importer: Run, tmp_path: Path) -> None:
    for number, name in enumerate([".", "aa"]):
        archive = write_zip(tmp_path / f"{number}.zip", {name: b"x"})
        # The entry "aa" loses its name: Python's own reader trips over that.
        archive.write_bytes(archive.read_bytes().replace(b"aa", b"\0\0"))
        with pytest.raises(UnreadableSource, match="lies in 0 folders; a name and at most 64"):
            importer(archive)


def test_zip_of_folders_in_folders_without_end_is_refused(importer: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"d/" * 1200 + "a.jpg": pictures.jpeg()})
    with pytest.raises(UnreadableSource, match="lies in 1201 folders"):
        importer(archive)


def test_zip_with_a_name_in_no_encoding_is_refused(importer: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"é.jpg": b"x"})
    archive.write_bytes(archive.read_bytes().replace("é".encode(), b"\xff\xfe"))
    with pytest.raises(UnreadableSource, match="cannot be read: 'utf-8' codec"):
        importer(archive)


def test_zip_by_a_method_that_asks_for_gigabytes_is_refused(importer: Run, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "in.zip", {"a.jpg": b"x"}, zipfile.ZIP_LZMA)
    with pytest.raises(UnreadableSource, match=r"is packed by method 14 \('a.jpg'\)"):
        importer(archive)


@pytest.mark.parametrize("name", ["metadata.csv", "captions.jsonl", "t.csv", "train.parquet"])
def test_table_that_is_a_link_out_of_the_folder_is_not_read(
    importer: Run, tmp_path: Path, name: str
) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1 if name != "train.parquet" else 0)
    (tmp_path / "secret").write_text("root:x:0:0,/bin/sh")
    folder.mkdir(exist_ok=True)
    (folder / name).symlink_to(tmp_path / "secret")
    with pytest.raises(UnreadableSource) as caught:
        importer(folder)
    assert str(caught.value) == (
        f"'{name}' is a link that leads outside the folder that is being imported."
    )


def test_pipe_that_calls_itself_parquet_is_not_waited_for(importer: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "train.parquet")
    with pytest.raises(UnreadableSource, match=r"'train.parquet' is not a file\."):
        importer(tmp_path / "in")


def test_row_of_lists_in_lists_without_end_is_listed(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=2)
    deep = "[" * 900 + "]" * 900
    lines = [
        '{"image": "000.jpg", "caption": "c"}',
        f'{{"image": "001.jpg", "caption": "c", "more": {deep}}}',
    ]
    (folder / "t.jsonl").write_text("\n".join(lines), "utf-8")
    importer(folder / "t.jsonl")
    assert len(read_items(out_dir)) == 1
    assert [problem["reason"] for problem in read_problems(out_dir)] == ["unreadable_row"]


def test_table_of_very_many_columns_lists_only_a_few(importer: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",".join(f"c{number}" for number in range(300_000)), "utf-8")
    with pytest.raises(UnreadableSource, match="c18, c19 and 299,980 more") as caught:
        importer(tmp_path / "t.csv")
    assert len(str(caught.value)) < 1000


def test_damaged_avif_is_a_broken_picture(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in", num_items=1)
    whole = pictures.encode(pictures.draw(), "AVIF")
    (folder / "b.avif").write_bytes(whole.replace(b"pitm", b"pitx", 1))
    (folder / "b.txt").write_text("An AVIF", "utf-8")
    importer(folder)
    assert [problem["reason"] for problem in read_problems(out_dir)] == ["broken_picture"]


def _not_utf8() -> pa.Array:
    offsets = pa.py_buffer(struct.pack("<ii", 0, 2))
    return pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\xff\xfe")])


@pytest.mark.parametrize(
    "odd", [_not_utf8(), pa.array([2**59], pa.timestamp("ms"))], ids=["text", "time"]
)
def test_parquet_with_values_that_python_cannot_hold_is_refused(
    importer: Run, tmp_path: Path, odd: pa.Array
) -> None:
    table = pa.table({"image": [pictures.jpeg()], "caption": ["c"], "more": odd})
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(UnreadableSource, match="begins like Parquet but cannot be read"):
        importer(tmp_path / "t.parquet")


def test_parquet_of_kilobytes_does_not_unfold_in_memory_at_once(
    importer: Run, tmp_path: Path
) -> None:
    """One value, named by every row: rows at once would each hold a copy."""
    images = pa.DictionaryArray.from_arrays(pa.array([0] * 32, pa.int8()), [bytes(2**24)])
    table = pa.table({"image": images, "caption": ["c"] * 32})
    pq.write_table(table, tmp_path / "t.parquet", compression="zstd", store_schema=False)
    assert (tmp_path / "t.parquet").stat().st_size < 10_000
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(UnreadableSource, match="None of the 32 items"):
        importer(tmp_path / "t.parquet")
    assert pa.default_memory_pool().max_memory() - before < 8 * 2**24


DEPTH = 1200


@pytest.fixture
def deep_folder(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "in"
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    for _ in range(DEPTH):  # step by step: Python's own makedirs calls itself
        os.mkdir("d", dir_fd=here)
        here = _step_into(here, "d")
    os.close(here)
    yield root
    # Python's rmtree calls itself, too: pytest could never tidy this up, now or in a later run.
    subprocess.run(["rm", "-rf", str(root)], check=True)


def test_folders_in_folders_without_end_are_read_to_the_last(
    importer: Run, deep_folder: Path, out_dir: Path
) -> None:
    Path(deep_folder / ("d/" * DEPTH) / "a.jpg").write_bytes(pictures.jpeg())
    importer(deep_folder, format="imagefolder")
    assert [item["caption"] for item in read_items(out_dir)] == ["d"]


def _step_into(here: int, name: str) -> int:
    inner = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(here)
    return inner


def test_links_that_lead_to_each_other_are_one_problem(
    importer: Run, tmp_path: Path, out_dir: Path
) -> None:
    root = pictures.write_folder(tmp_path / "in")
    (root / "loop.jpg").symlink_to("loop.jpg")
    (root / "loop.txt").write_text("A caption")
    importer(root)
    assert read_items(out_dir)
    assert [row["reason"] for row in read_problems(out_dir)] == ["missing_file"]


def test_files_that_may_not_be_read_are_problems_and_end_nothing(
    importer: Run, tmp_path: Path, out_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pictures.write_folder(tmp_path / "in")
    for name in ("shut.jpg", "open.jpg"):
        (root / name).write_bytes(pictures.jpeg())
    (root / "shut.txt").write_text("A caption")
    (root / "open.txt").write_text("A caption")
    deny_reading(monkeypatch, root / "shut.jpg", root / "open.txt")
    importer(root)
    assert read_items(out_dir)
    found = {row["reference"]: (row["reason"], row["message"]) for row in read_problems(out_dir)}
    assert found == {
        "open.jpg": ("unreadable_caption", "'open.txt' cannot be read: Permission denied."),
        "shut.jpg": ("unreadable_file", "The file cannot be read: Permission denied."),
    }


def deny_reading(monkeypatch: pytest.MonkeyPatch, *denied: Path) -> None:
    """Modes do not stop root, as whom tests may run."""
    read = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path in denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)


def test_a_folder_inside_that_may_not_be_read_is_named(
    importer: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pictures.write_folder(tmp_path / "in")
    (root / "private").mkdir()
    scan = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "private":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UnreadableSource, match=r"'private' cannot be read: Permission denied\."):
        importer(root)


def test_a_table_that_may_not_be_read_is_named(
    importer: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pictures.write_folder(tmp_path / "in")
    (root / "captions.csv").write_text("image,caption\na.jpg,A\n")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UnreadableSource, match=r"'captions.csv' cannot be read: permission denied"):
        importer(root)
