"""WebDataset archives, as they are and as they should not be."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from ml.datasets import detection
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, UnreadableSource
from ml.datasets.readers import webdataset
from ml.datasets.source import open_source
from tests import pictures


def write(path: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def read(path: Path) -> list[RawItem | Problem]:
    source = open_source(path, path.name, image_column="image", caption_column="caption")
    return list(webdataset.read(source))


def test_files_of_one_name_are_one_sample(tmp_path: Path) -> None:
    facts = {"url": "https://a.example/1", "language": "en", "score": 3, "caption": "in JSON"}
    shot = pictures.jpeg()
    path = write(
        tmp_path / "a.tar",
        ("in/0001.jpg", shot), ("in/0001.txt", b"A kite"),
        ("in/0001.json", json.dumps(facts).encode()), ("in/0001.npy", b"\x93NUMPY"),
        ("in/0002.json", b'{"caption": "Second", "key": "k2"}'), ("in/0002.seg.png", b"mask"),
        ("in/0002.png", pictures.png()),
    )  # fmt: skip
    first, second = read(path)
    assert isinstance(first, RawItem)
    assert isinstance(second, RawItem)
    assert (first.key, first.caption, first.picture) == ("in/0001", "A kite", shot)
    assert (first.url, first.language, first.metadata) == (
        "https://a.example/1",
        "en",
        {"score": 3},
    )
    assert (second.key, second.caption, second.picture) == ("k2", "Second", pictures.png())


def test_a_folder_of_archives_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(tmp_path / f"{name}.tar", (f"{name}.jpg", pictures.jpeg()), (f"{name}.txt", b"x"))
    assert detection.detect(tmp_path, "in")[0] == "webdataset"
    assert [item.key for item in read(tmp_path) if isinstance(item, RawItem)] == ["a", "b"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("1.jpg", b"x")], "no_caption"),
        ([("1.jpg", b"x"), ("1.txt", b"\xff\xfe\xff")], "unreadable_caption"),
        ([("1.jpg", b"x"), ("1.json", b"{")], "unreadable_caption"),
        ([("1.jpg", b"x"), ("1.json", b"[]")], "unreadable_caption"),
    ],
)
def test_a_sample_that_cannot_be_read_is_a_problem_and_not_the_end(
    tmp_path: Path, members: list[tuple[str, bytes]], reason: str
) -> None:
    good = [("2.jpg", pictures.jpeg()), ("2.txt", b"Good")]
    found = read(write(tmp_path / "a.tar", *members, *good))
    assert isinstance(found[0], Problem)
    assert found[0].reason == reason
    assert found[0].reference == "a.tar, 1"
    assert isinstance(found[1], RawItem)


def test_links_and_paths_that_lead_out_are_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(pictures.jpeg())
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("1.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "secret.jpg"
        archive.addfile(link)
        for name, data in (("1.txt", b"Linked"), ("../2.jpg", b"x"), ("../2.txt", b"Outside")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    first, second = read(path)
    assert isinstance(first, RawItem)
    assert isinstance(second, RawItem)
    assert first.picture is None
    assert second.picture == b"x"  # of the archive itself


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x1f\x8b rest", "by its contents it is a gzip archive"),
        (b"plain", "is not a plain tar archive"),
    ],
)
def test_what_is_no_plain_archive_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "a.tar").write_bytes(data)
    with pytest.raises(UnreadableSource, match=sentence):
        read(tmp_path / "a.tar")


def test_an_archive_that_was_cut_off_or_holds_nothing_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar", ("1.jpg", pictures.jpeg(300, 300)), ("1.txt", b"x"))
    path.write_bytes(path.read_bytes()[:1500])
    with pytest.raises(UnreadableSource, match="cannot be read to its end"):
        read(path)
    with pytest.raises(UnreadableSource, match="holds no samples"):
        read(write(tmp_path / "empty.tar"))
    (tmp_path / "none").mkdir()
    with pytest.raises(UnreadableSource, match="holds no tar archives"):
        read(tmp_path / "none")
