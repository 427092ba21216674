"""However an import is cut up and interrupted, what comes out is the same."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ml.datasets.items import Item
from ml.importing import dataset
from ml.importing.dataset import ShardSize, import_dataset
from ml.progress import Silent, Stopped
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures

from .conftest import Run
from .test_readers import read_items, read_problems

SPEC = DatasetImport(name="Test", source="in", licence="CC0-1.0")


class StopAfter(Silent):
    """Asks to stop at the n-th item."""

    def __init__(self, num_items: int) -> None:
        self.left = num_items

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Stopped


class Crash(BaseException):
    """Stands for kill -9: nothing gets the chance to tidy up."""


class CrashAfter(StopAfter):
    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        self.left -= 1
        if self.left < 0:
            raise Crash

    def check(self) -> None: ...


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve items, three of them with a problem."""
    folder = pictures.write_folder(tmp_path_factory.mktemp("source") / "in", num_items=12)
    (folder / "003.jpg").write_bytes(b"<svg/>")
    (folder / "007.txt").unlink()
    (folder / "011.jpg").write_bytes(pictures.jpeg(20, 20))
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work = tmp_path_factory.mktemp("expected")
    return run(folder, work, ShardSize(), [])


def run(folder: Path, work: Path, size: ShardSize, stops: list[Silent]) -> dict[str, Any]:
    """Import, interrupted by each of `stops` in turn; the last attempt runs to the end."""
    for progress in [*stops, Silent()]:
        try:
            return import_dataset(
                SPEC, out_dir=work / "out", state_dir=work / "state", progress=progress,
                path=str(folder), shard_size=size,
            )  # fmt: skip
        except (Stopped, Crash):
            assert not (work / "out").exists()
    raise AssertionError


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shard_items=st.integers(1, 14),
    stops=st.lists(st.tuples(st.booleans(), st.integers(0, 13)), max_size=3),
)
def test_result_does_not_depend_on_shard_size_nor_on_where_it_was_interrupted(
    folder: Path, expected: dict[str, Any], shard_items: int, stops: list[tuple[bool, int]]
) -> None:
    work = Path(tempfile.mkdtemp())
    try:
        size = ShardSize(max_items=shard_items, max_problems=2)
        interruptions = [(CrashAfter if hard else StopAfter)(after) for hard, after in stops]
        result = run(folder, work, size, interruptions)
        items = read_items(work / "out")
        problems = read_problems(work / "out")
        previews = {path.name for path in (work / "out" / "previews").iterdir()}
    finally:
        shutil.rmtree(work)
    assert result | {"num_shards": 0} == expected | {"num_shards": 0}
    assert [item["position"] for item in items] == [0, 1, 2, 4, 5, 6, 8, 9, 10, 11]
    assert [problem["reference"] for problem in problems] == ["003.jpg", "007.jpg", "011.jpg"]
    assert previews == {entry["preview"] for entry in expected["sample"]}


def test_digest_can_be_computed_from_the_shards_alone(
    importer: Run, folder: Path, out_dir: Path
) -> None:
    result = importer(folder)
    digest = b""
    for row in read_items(out_dir):
        image = row.pop("image")
        facts = {k: v for k, v in row.items() if k not in ("size_bytes", "metadata")}
        item = Item(**facts, metadata={}, picture=image["bytes"], picture_name=image["path"])
        digest = item.digest_after(digest)
    assert digest.hex() == result["digest"]


def test_digest_changes_with_a_caption_and_with_a_pixel(importer: Run, tmp_path: Path) -> None:
    folder = pictures.write_folder(tmp_path / "in")
    digests = {importer(folder, options={"out_dir": tmp_path / "a"})["digest"]}
    (folder / "001.txt").write_text("Another", "utf-8")
    digests.add(importer(folder, options={"out_dir": tmp_path / "b"})["digest"])
    (folder / "001.jpg").write_bytes(pictures.jpeg(seed=99))
    digests.add(importer(folder, options={"out_dir": tmp_path / "c"})["digest"])
    assert len(digests) == 3


def test_import_begins_anew_when_the_source_changed_meanwhile(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "in"
    shutil.copytree(folder, source)
    with pytest.raises(Stopped):
        import_dataset(
            SPEC, out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=StopAfter(4),
            path=str(source),
        )  # fmt: skip
    (source / "000.txt").write_text("Rewritten", "utf-8")
    result = run(source, tmp_path, ShardSize(), [])
    assert read_items(tmp_path / "out")[0]["caption"] == "Rewritten"
    assert result["num_items"] == 10


def test_resuming_decodes_nothing_twice(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stopped):
        import_dataset(
            SPEC, out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=StopAfter(6),
            path=str(folder),
        )  # fmt: skip
    seen: list[str] = []
    inspect = dataset.pictures.inspect
    monkeypatch.setattr(
        dataset.pictures, "inspect", lambda *a, **k: (seen.append("one"), inspect(*a, **k))[1]
    )
    run(folder, tmp_path, ShardSize(), [])
    assert len(seen) == 5  # six of twelve remain, and one of them has no caption


def test_previews_carry_nothing_but_pixels(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its side
    exif[0x010E] = "where I live"
    secret = b"<script>hidden</script>"
    (folder / "a.jpg").write_bytes(
        pictures.jpeg(800, 400, exif=exif, icc_profile=b"profile" * 9) + secret
    )
    (folder / "a.txt").write_text("c", "utf-8")
    result = importer(folder)
    path = out_dir / "previews" / result["sample"][0]["preview"]
    with Image.open(path) as preview:
        assert preview.size == (192, 384)
        assert "exif" not in preview.info
        assert "icc_profile" not in preview.info
    assert secret not in path.read_bytes()
    assert b"where I live" not in path.read_bytes()


def test_sample_is_bounded_and_spread(importer: Run, tmp_path: Path, out_dir: Path) -> None:
    data = pictures.jpeg()
    table = pa.table({"image": [data] * 300, "caption": [f"c{n}" for n in range(300)]})
    pq.write_table(table, tmp_path / "t.parquet")
    sample = importer(tmp_path / "t.parquet")["sample"]
    positions = [entry["position"] for entry in sample]
    assert len(positions) == 60
    assert positions == sorted(positions)
    assert min(positions) < 30
    assert max(positions) > 270
    assert json.loads((out_dir / "dataset.json").read_text("utf-8"))["sample"] == sample


def test_memory_does_not_grow_with_the_source(tmp_path: Path) -> None:
    """A Parquet file of 200 MB costs no more than one of 20 MB."""
    noise = pictures.jpeg(64, 64) + b"\0" * 2**20  # trailing bytes do not hurt a JPEG
    schema = pa.schema([("image", pa.binary()), ("caption", pa.string())])
    spec = SPEC.model_copy(update={"source": "t.parquet"})
    process, highest = psutil.Process(), []

    class Watch(Silent):
        def check(self) -> None:
            self.highest = max(getattr(self, "highest", 0), process.memory_info().rss)

    for num_rows in (20, 200):
        path = tmp_path / f"{num_rows}.parquet"
        with pq.ParquetWriter(path, schema, compression="NONE") as writer:
            for number in range(0, num_rows, 10):
                rows = {"image": [noise] * 10, "caption": [f"c{number}"] * 10}
                writer.write_table(pa.table(rows, schema))
        watch = Watch()
        import_dataset(
            spec, out_dir=tmp_path / f"out{num_rows}", state_dir=tmp_path / f"state{num_rows}",
            progress=watch, path=str(path),
        )  # fmt: skip
        highest.append(watch.highest)
    assert highest[1] - highest[0] < 80 * 2**20
