"""A data set on disk, read row by row."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ml.datasets import contents
from ml.datasets.items import Item
from ml.datasets.problems import UnreadableSource
from ml.datasets.shards import ShardWriter
from tests import pictures

FACTS = '{"name": "Drawn", "licence": "CC0-1.0", "num_items": 7}'


def make_item(number: int) -> Item:
    data = pictures.png(8, 8, seed=number)
    texts: dict[str, Any] = dict.fromkeys(("language", "licence", "country", "url", "split"), "")
    return Item(
        position=number, key=f"k{number}", caption=f"Caption {number}", host="", width=8, height=8,
        format="PNG", sha256="0" * 64, metadata={"n": number}, picture=data,
        picture_name=f"{number}.png", **texts,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven rows in shards of three, three and one."""
    folder = tmp_path_factory.mktemp("dataset")
    for shard, numbers in enumerate([range(3), range(3, 6), range(6, 7)]):
        writer = ShardWriter(folder / f"items-{shard:05d}.parquet")
        for number in numbers:
            writer.add(make_item(number))
        writer.close()
    (folder / "dataset.json").write_text(FACTS)
    return folder


def test_rows_come_in_order_with_their_pictures(folder: Path) -> None:
    rows = list(contents.iterate(folder))
    assert [row["key"] for row in rows] == [f"k{number}" for number in range(7)]
    assert rows[4]["image"] == {"bytes": pictures.png(8, 8, seed=4), "path": "4.png"}
    assert rows[4]["metadata"] == '{"n": 4}'


@pytest.mark.parametrize("start", range(9))
def test_reading_can_start_at_any_row(folder: Path, start: int) -> None:
    rows = contents.iterate(folder, columns=["position"], start=start)
    assert [row["position"] for row in rows] == list(range(start, 7))


def test_only_the_columns_that_were_named_are_read(folder: Path) -> None:
    rows = list(contents.iterate(folder, columns=["caption", "width"]))
    assert rows[0] == {"caption": "Caption 0", "width": 8}


def test_rows_are_counted_and_facts_are_read(folder: Path) -> None:
    assert contents.count(folder) == 7
    assert contents.read_facts(folder)["licence"] == "CC0-1.0"
    assert contents.is_dataset(folder)


def test_a_column_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    with pytest.raises(UnreadableSource, match="has no column 'score'; it has: position, key"):
        list(contents.iterate(folder, columns=["score"]))


def test_a_folder_without_items_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"it holds no file 'items-\*.parquet'"):
        contents.count(tmp_path)
    with pytest.raises(UnreadableSource, match="There is no folder"):
        contents.count(tmp_path / "absent")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "is missing"), ("{", "is not JSON"), ("[]", "holds no JSON object")],
)
def test_facts_that_cannot_be_read_are_said_to_be_so(
    folder: Path, tmp_path: Path, text: str | None, sentence: str
) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    path = tmp_path / "copy" / "dataset.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(UnreadableSource, match=sentence):
        contents.read_facts(tmp_path / "copy")


def test_a_shard_that_is_cut_off_is_named(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    shard = tmp_path / "copy" / "items-00001.parquet"
    shard.write_bytes(shard.read_bytes()[:-20])
    with pytest.raises(UnreadableSource, match=r"'items-00001.parquet' cannot be read"):
        list(contents.iterate(tmp_path / "copy"))


def test_a_shard_that_is_missing_is_missed(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    (tmp_path / "copy" / "items-00001.parquet").unlink()
    with pytest.raises(UnreadableSource, match=r"should hold 7 items and holds 4, in 2 files"):
        contents.read_facts(tmp_path / "copy")
