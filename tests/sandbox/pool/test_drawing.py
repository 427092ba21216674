import hashlib
import io
import json
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image, UnidentifiedImageError

from ml.datasets import shards
from ml.progress import Silent, Stopped
from sandbox.pool import drawing, likeness
from sandbox.world import scene
from sandbox.world.scene import Scene
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

NUM = 600


class Pool(Protocol):
    """What the fixture `pool` gives."""

    folder: Path
    facts: dict[str, Any]
    rows: list[dict[str, Any]]
    truths: dict[str, dict[str, Any]]


def open_picture(row: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB")


def test_a_pool_is_a_data_set_as_an_import_leaves_it(pool: Pool) -> None:
    assert pool.facts["num_items"] == len(pool.rows) == NUM
    assert [row["position"] for row in pool.rows] == list(range(NUM))
    assert pq.read_schema(pool.folder / "items-00000.parquet").equals(shards.ITEMS)
    assert json.loads((pool.folder / "dataset.json").read_text("utf-8")) == pool.facts
    assert pq.read_table(pool.folder / "problems.parquet").num_rows == 0
    for row in pool.rows[:40]:
        data = row["image"]["bytes"]
        assert row["sha256"] == hashlib.sha256(data).hexdigest()
        assert row["size_bytes"] == len(data)
        assert row["url"] == f"https://{row['host']}/{row['image']['path']}"
        assert json.loads(row["metadata"]) == {"found_at": row["host"]}


def test_the_sample_that_pages_show_has_its_previews(pool: Pool) -> None:
    names = {entry["preview"] for entry in pool.facts["sample"]}
    assert len(names) == 60
    assert {path.name for path in (pool.folder / "previews").iterdir()} == names


def test_every_picture_has_its_truth_and_the_truth_draws_it_again(pool: Pool) -> None:
    assert list(pool.truths) == [row["key"] for row in pool.rows]
    sound = [row for row in pool.rows if not _is_changed(pool.truths[row["key"]])]
    assert len(sound) > 0.85 * NUM
    for row in sound[:200]:
        known = pool.truths[row["key"]]
        what = Scene(**{name: known[name] for name in (
            "concept", "colour", "size", "place", "count", "background")})  # fmt: skip
        assert open_picture(row).tobytes() == scene.draw(what, known["draw_seed"]).tobytes()


def _is_changed(known: dict[str, Any]) -> bool:
    return bool(known["copy_of"] or known["file_fault"])


def test_copies_look_like_what_they_are_copies_of_and_nothing_else_looks_alike(pool: Pool) -> None:
    readable = [
        row
        for row in pool.rows
        if pool.truths[row["key"]]["file_fault"] not in ("cut_off", "no_picture", "tiny")
    ]
    thumbnails = np.stack([likeness.shrink(open_picture(row)) for row in readable])
    averages = thumbnails.mean(axis=(1, 2))
    keys = [row["key"] for row in readable]
    found = set()
    for index, key in enumerate(keys[:-1]):
        # Pictures differ at least as much as their averages.
        later = np.abs(averages[index + 1 :] - averages[index]).mean(axis=1) <= 8
        candidates = index + 1 + np.flatnonzero(later)
        mean, local = likeness.measure(thumbnails[candidates], thumbnails[index])
        for other in candidates[(mean <= 8) & (local <= 32)]:
            found.add(frozenset((key, keys[other])))
    planted = {
        frozenset((key, known["copy_of"])) for key, known in pool.truths.items() if known["copy_of"]
    }
    assert len(planted) == 60
    assert len(found & planted) >= 0.95 * len(planted)
    assert not found - planted


def test_a_copy_has_other_bytes_the_same_words_and_a_sound_original(pool: Pool) -> None:
    rows = {row["key"]: row for row in pool.rows}
    copies = {key: known for key, known in pool.truths.items() if known["copy_of"]}
    for key, known in copies.items():
        original = rows[known["copy_of"]]
        assert rows[key]["sha256"] != original["sha256"]
        assert rows[key]["caption"] == original["caption"]
        assert pool.truths[original["key"]]["copy_of"] == ""
        assert pool.truths[original["key"]]["file_fault"] == ""
    sizes = {(rows[key]["width"], rows[key]["format"]) for key in copies}
    assert sizes == {(side, "JPEG") for side in (64, 72, 80, 96)}


def test_damaged_files_do_not_open_and_tiny_ones_are_tiny(pool: Pool) -> None:
    for row in pool.rows:
        match pool.truths[row["key"]]["file_fault"]:
            case "cut_off" | "no_picture":
                with pytest.raises((OSError, UnidentifiedImageError)):
                    open_picture(row)
            case "tiny":
                assert (row["width"], row["height"]) == open_picture(row).size == (24, 24)
            case _:
                assert min(open_picture(row).size) >= 64


def test_blurred_pictures_are_clearly_less_sharp_than_all_others(pool: Pool) -> None:
    blurred: list[float] = []
    sharp: list[float] = []
    for row in pool.rows:
        known = pool.truths[row["key"]]
        if known["file_fault"] in ("", "blurred"):
            (blurred if known["file_fault"] else sharp).append(_measure_sharpness(row))
    assert max(blurred) < 30
    assert min(sharp) > 100


def _measure_sharpness(row: dict[str, Any]) -> float:
    grey = np.asarray(open_picture(row).convert("L"), dtype=float)
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * middle).var())


def test_the_same_specification_gives_the_same_pool_and_another_seed_another(
    tmp_path: Path,
) -> None:
    spec = SandboxDraw(num_pictures=80)
    digests = []
    for name, each in (("a", spec), ("b", spec), ("c", spec.model_copy(update={"seed": 1}))):
        out = tmp_path / name
        facts = drawing.draw_pool(each, out_dir=out, state_dir=out, progress=Silent())
        files = [(out / file).read_bytes() for file in ("items-00000.parquet", "truth.parquet")]
        digests.append((facts["digest"], *files))
    assert digests[0] == digests[1]
    assert digests[0][0] != digests[2][0]


def test_a_job_that_is_stopped_stops(tmp_path: Path) -> None:
    class Impatient(Silent):
        def check(self) -> None:
            raise Stopped

    with pytest.raises(Stopped):
        drawing.draw_pool(
            SandboxDraw(num_pictures=60), out_dir=tmp_path, state_dir=tmp_path, progress=Impatient()
        )


def test_a_world_without_further_pictures_says_so() -> None:
    distinct = likeness.Distinct()
    what = Scene(concept="circle", colour="red")
    distinct.make(what, 0, lambda _seed: scene.draw(what, 0), original=0)
    with pytest.raises(likeness.TooAlike, match="After 1 pictures of this kind no further one"):
        distinct.make(what, 0, lambda _seed: scene.draw(what, 0), original=1)
    assert distinct.make(what, 5, lambda _seed: scene.draw(what, 0), original=0) == 5
