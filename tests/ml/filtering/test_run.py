"""A whole filter: what it reads, what it writes, and that interruptions leave no trace."""

import errno
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from ml.datasets import contents, shards
from ml.datasets.problems import UnreadableSource
from ml.filtering import publishing, work
from ml.filtering.parts import ShardSize
from ml.filtering.problems import NothingKept, UnfitFilter
from ml.filtering.run import Sizes
from ml.progress import Stopped
from specs.region import Region
from tests import pictures

from .conftest import (
    Run,
    StopsAt,
    import_folder,
    list_files,
    read_items,
    read_rejected,
    write_jsonl,
)

STAGES = ("decode", "region", "duplicates")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty rows: every third from the region, some copies, some broken."""
    rows: list[dict[str, Any]] = []
    for number in range(40):
        row: dict[str, Any] = {"caption": "skyr" if number % 3 else "soup", "note": number}
        if number % 5 == 4:
            row["image"] = pictures.png(64, 64, seed=number - 2)
        if number % 13 == 7:
            row["image"] = b"<html>"
        rows.append(row)
    return write_jsonl(tmp_path_factory.mktemp("pool") / "in", rows)


def test_the_funnel_adds_up_and_every_row_is_kept_or_rejected_with_a_reason(
    run: Run, out_dir: Path, folder: Path, region: Region
) -> None:
    result = run(folder, STAGES, region=region)
    kept, rejected = read_items(out_dir), read_rejected(out_dir)
    funnel = {entry["stage"]: entry for entry in result["funnel"]}
    assert list(funnel) == ["read", *STAGES]
    assert funnel["read"]["in"] == 40
    for before, after in zip(result["funnel"], result["funnel"][1:], strict=False):
        assert after["in"] == before["kept"]
    for entry in result["funnel"]:
        assert entry["in"] - entry["kept"] == sum(entry["reasons"].values())
    assert funnel["decode"]["reasons"] == {"not_a_picture": 3}
    assert funnel["duplicates"]["kept"] == len(kept) == result["num_items"]
    assert result["num_rejected"] == len(rejected) == 40 - len(kept)
    assert {row["key"] for row in kept} | {row["key"] for row in rejected} == {
        f"k{number}" for number in range(40)
    }
    assert all(row["reason"] and row["detail"].endswith(".") for row in rejected)


def test_what_is_kept_is_a_data_set_with_the_columns_that_stages_add(
    run: Run, out_dir: Path, folder: Path, region: Region
) -> None:
    result = run(folder, STAGES, region=region)
    row = read_items(out_dir)[0]
    assert json.loads(row["region_evidence"])[0]["found"] == "skyr"
    assert row["image"]["bytes"] == (folder / "0001.png").read_bytes()
    assert json.loads(row["metadata"]) == {"note": 1}
    assert row["licence"] == "CC0-1.0"
    assert contents.read_facts(out_dir) == result
    assert json.loads((out_dir / "funnel.json").read_text())["funnel"] == result["funnel"]
    assert pq.read_table(out_dir / "problems.parquet").num_rows == 0
    counts = {row["key"]: row["num_duplicates"] for row in read_items(out_dir)}
    copies = [row["of"] for row in read_rejected(out_dir) if row["reason"] == "near_duplicate"]
    assert copies
    assert {key: num for key, num in counts.items() if num} == {
        key: copies.count(key) for key in copies
    }


def test_previews_of_both_are_there_for_those_in_the_samples(
    run: Run, out_dir: Path, folder: Path, region: Region
) -> None:
    result = run(folder, STAGES, region=region)
    for sample, name in (("sample", "previews"), ("rejected_sample", "rejected-previews")):
        wanted = {entry["preview"] for entry in result[sample] if entry["preview"]}
        assert {path.name for path in (out_dir / name).iterdir()} == wanted
        for path in (out_dir / name).iterdir():
            with Image.open(path) as preview:
                assert preview.format == "WEBP"
    by_reason = [entry["reason"] for entry in result["rejected_sample"]]
    assert {reason: by_reason.count(reason) for reason in by_reason} == {
        "not_a_picture": 3, "no_evidence": 8, "near_duplicate": 3,
    }  # fmt: skip
    broken = [each for each in result["rejected_sample"] if each["reason"] == "not_a_picture"]
    assert [each["preview"] for each in broken] == ["", "", ""]


def test_the_card_says_what_was_done(run: Run, out_dir: Path, folder: Path, region: Region) -> None:
    result = run(folder, STAGES, region=region)
    card = (out_dir / "card.md").read_text()
    assert card.startswith("# Filtered\n")
    assert f"| duplicates | {result['funnel'][3]['in']} | {result['num_items']} |" in card
    assert "max_distance = 8" in card
    assert f"`{result['digest']}`" in card
    assert "| CC0-1.0 |" in card


def test_a_stage_before_decoding_spares_the_decoding(
    run: Run, folder: Path, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    real = work.Decoder.decode
    monkeypatch.setattr(
        work.Decoder, "decode", lambda self, row: decoded.append(row.position) or real(self, row)
    )
    result = run(folder, ("region", "decode"), region=region)
    assert len(decoded) == result["funnel"][1]["kept"] == 26


@pytest.mark.parametrize("form", ["folder", "dataset", "tar", "parquet", "jsonl", "jsonl shards"])
def test_every_form_of_a_source_gives_the_same_rows(
    run: Run, out_dir: Path, tmp_path: Path, form: str
) -> None:
    path = pictures.write_folder(tmp_path / "in", num_items=7)
    if form == "dataset":
        path = import_folder(path, tmp_path)
    elif form == "tar":
        path = pictures.write_tar(tmp_path / "in.tar", path)
    elif form == "parquet":
        rows = [
            {"image": shot.read_bytes(), "caption": shot.with_suffix(".txt").read_text()}
            for shot in sorted(path.glob("*.jpg"))
        ]
        path = tmp_path / "in.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif form.startswith("jsonl"):
        pictures.write_jsonl(path, num_shards=1 if form == "jsonl" else 3)
    result = run(path, ("decode", "duplicates"))
    assert [row["caption"] for row in read_items(out_dir)] == [f"Caption {n}" for n in range(7)]
    assert result["num_items"] == 7


def test_a_filtered_data_set_can_be_filtered_again_and_keeps_what_was_found(
    run: Run, out_dir: Path, folder: Path, tmp_path: Path, region: Region
) -> None:
    run(folder, STAGES, region=region)
    first = out_dir.rename(tmp_path / "first")
    options = {"state_dir": tmp_path / "again"}
    result = run(first, ("decode", "duplicates"), options=options, licence="")
    assert result["num_items"] == len(read_items(first))
    assert result["source_digest"] == contents.read_facts(first)["digest"] == result["digest"]
    assert "region_evidence" in json.loads(read_items(out_dir)[0]["metadata"])


@pytest.mark.parametrize("seed", range(4))
def test_work_that_was_stopped_ends_with_the_same_bytes(
    run: Run, out_dir: Path, folder: Path, tmp_path: Path, region: Region, seed: int
) -> None:
    fields: dict[str, Any] = {"region": region, "batch_size": 3}
    options = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(folder, STAGES, options=options, **fields)
    chance = random.Random(seed)
    for _ in range(3):
        progress = StopsAt(chance.randint(1, 6))
        with pytest.raises(Stopped):
            run(folder, STAGES, options={"progress": progress}, **fields)
    run(folder, STAGES, **fields)
    assert list_files(out_dir) == list_files(tmp_path / "whole")


def test_work_that_was_killed_goes_on_from_the_last_checkpoint(
    run: Run, out_dir: Path, folder: Path, tmp_path: Path, region: Region,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fields: dict[str, Any] = {"region": region, "batch_size": 4}
    options = {"out_dir": tmp_path / "whole", "state_dir": tmp_path / "whole-state"}
    run(folder, STAGES, options=options, **fields)
    real, taken = work.Filter._take, []

    def die(self: work.Filter, batch: work.Batch) -> None:
        taken.append(batch)
        if len(taken) == 6:
            raise KeyboardInterrupt
        real(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(work.Filter, "_take", die)
        with pytest.raises(KeyboardInterrupt):
            run(folder, STAGES, **fields)
    positions = []
    monkeypatch.setattr(
        work.Filter, "_take", lambda self, b: positions.append(self.point.position) or real(self, b)
    )
    run(folder, STAGES, **fields)
    assert positions[0] == 16  # of 20 that were taken, two parts of eight had been saved
    assert list_files(out_dir) == list_files(tmp_path / "whole")


def test_another_specification_begins_anew(run: Run, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        run(folder, options={"progress": StopsAt(2)}, batch_size=8)
    result = run(folder, [{"method": "decode", "min_side": 40}], batch_size=8)
    assert result["funnel"][0]["in"] == 40


def test_how_the_work_was_cut_into_parts_leaves_no_trace(
    run: Run, folder: Path, tmp_path: Path, region: Region
) -> None:
    found = []
    for rows in (4, 1000):
        options = {
            "out_dir": tmp_path / f"out{rows}", "state_dir": tmp_path / f"state{rows}",
            "sizes": Sizes(part_rows=rows, shard=ShardSize(max_items=7, max_rejected=5)),
        }  # fmt: skip
        result = run(folder, STAGES, region=region, options=options, batch_size=4)
        assert result["num_shards"] == -(-result["num_items"] // 7)
        found.append(list_files(tmp_path / f"out{rows}"))
    assert found[0] == found[1]


def test_a_full_disk_stops_the_work_and_the_next_attempt_ends_it(
    run: Run, out_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = shards.ShardWriter._flush, []

    def refuse(self: shards.ShardWriter) -> None:
        written.append(self.path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(self)

    with monkeypatch.context() as patch:
        patch.setattr(shards.ShardWriter, "_flush", refuse)
        with pytest.raises(OSError, match="No space left"):
            run(folder, batch_size=4)
    assert not out_dir.exists()
    result = run(folder, batch_size=4)
    assert result["num_items"] == len(read_items(out_dir)) == 37


def test_a_full_disk_while_publishing_is_an_error_and_not_a_shorter_data_set(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(publishing, "_write", refuse)
    with pytest.raises(OSError, match="No space left"):
        run(folder)


def test_at_most_so_many_rows_are_read(run: Run, folder: Path) -> None:
    assert run(folder, max_items=10, batch_size=4)["funnel"][0]["in"] == 10


def test_rows_that_cannot_be_read_stand_in_the_funnel_too(
    run: Run, out_dir: Path, tmp_path: Path
) -> None:
    folder = write_jsonl(tmp_path / "in", [{}, {}])
    with (folder / "captions.jsonl").open("a") as file:
        file.write("\n{broken")
    result = run(folder)
    assert result["funnel"][0] == {
        "stage": "read", "in": 3, "kept": 2, "reasons": {"unreadable_row": 1},
    }  # fmt: skip
    assert read_rejected(out_dir)[0]["stage"] == "read"


@pytest.mark.parametrize(
    ("stages", "fields", "sentence"),
    [
        ([*STAGES], {}, "The stage 'region' needs a region"),
        (["region"], {}, "'decode' is missing"),
        (["blur", "decode"], {}, "'blur' looks at pictures, so 'decode' comes before it"),
        (["decode", "decode"], {}, "'decode' is named twice"),
        (["decode", "sharpen"], {}, "Input tag 'sharpen'"),
        (["decode", "similarity"], {}, "'similarity' needs 'encoder'; none was given"),
        (["decode", {"method": "similarity", "pooling": "max"}], {}, "Name a threshold"),
        (["decode", {"method": "duplicates", "bits": 3}], {}, "Extra inputs"),
        (["decode", {"method": "reward", "threshold": 1}], {}, "'reward' needs 'scorer'"),
        (
            ["decode", {"method": "reward", "threshold": 1, "scorer": "column"}],
            {}, "needs a column",
        ),
        (
            ["decode", {"method": "translation", "target": "is"}],
            {"translator": Path("/nowhere")}, "There is no file or folder '/nowhere'",
        ),
        (["decode"], {"caption_column": "words"}, "no column for the caption"),
        (
            [{"method": "decode", "min_side": 70}], {},
            "None of the 40 rows is kept: read kept 40 of 40; decode kept 0 of 40. The first:",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_sentence(
    run: Run, folder: Path, stages: list[Any], fields: Mapping[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence) as error:
        run(folder, stages, **fields)
    if isinstance(error.value, UnfitFilter | NothingKept | UnreadableSource):
        assert "\n" not in str(error.value)


def test_an_empty_data_set_and_an_absent_one_are_told_apart(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="There is no file or folder"):
        run(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        UnreadableSource, match="There are no pictures and no Parquet, JSONL or tar files"
    ):
        run(tmp_path / "empty")
    dataset = import_folder(pictures.write_folder(tmp_path / "in"), tmp_path)
    table = pq.read_table(dataset / "items-00000.parquet")
    pq.write_table(table.slice(0, 0), dataset / "items-00000.parquet")
    with pytest.raises(UnreadableSource, match=r"'dataset' should hold \d items and holds 0, in 1"):
        run(dataset)
    facts = json.loads((dataset / "dataset.json").read_text())
    (dataset / "dataset.json").write_text(json.dumps(facts | {"num_items": 0}))
    with pytest.raises(UnreadableSource, match="The data set 'dataset' holds no items"):
        run(dataset)
    with pytest.raises(UnreadableSource, match="has no column 'words'; it has: position"):
        run(dataset, caption_column="words")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("metadata", "{", "The metadata of item '.*' cannot be read: Expecting property name"),
        ("metadata", "[1]", "The metadata of item '.*' are no fields"),
        ("caption", None, "The data set 'dataset' has no column 'caption'; it has: position, key"),
        ("image", None, "The data set 'dataset' has no column 'image'; it has: position, key"),
    ],
)
def test_a_data_set_that_was_changed_by_hand_is_refused(
    run: Run, tmp_path: Path, column: str, value: str | None, sentence: str
) -> None:
    dataset = import_folder(pictures.write_folder(tmp_path / "in"), tmp_path)
    path = dataset / "items-00000.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index(column)
    if value is None:
        table = table.remove_column(place)
    else:
        table = table.set_column(place, column, pa.array([value] * len(table)))
    pq.write_table(table, path)
    with pytest.raises(UnreadableSource, match=sentence):
        run(dataset)


def test_an_item_without_a_picture_is_rejected(run: Run, out_dir: Path, tmp_path: Path) -> None:
    dataset = import_folder(pictures.write_folder(tmp_path / "in"), tmp_path)
    path = dataset / "items-00000.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("image")
    images = [None, *table["image"].to_pylist()[1:]]
    kind = table.schema.field("image").type
    pq.write_table(table.set_column(place, "image", pa.array(images, kind)), path)
    run(dataset, [{"method": "decode", "min_side": 1}])
    assert [row["detail"] for row in read_rejected(out_dir)] == ["The row names no picture."]
