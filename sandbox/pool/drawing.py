"""Draws a pool: a data set as dataset.import leaves it, and the truth beside it.

A picture takes less than a millisecond and depends on those before it, from which it must differ;
so an interrupted pool is drawn again from its beginning. Knows nothing of filters.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import PIL
import pyarrow as pa
from PIL import Image

from ml.datasets import pictures, shards
from ml.datasets.items import Item
from ml.datasets.summary import Counts, Sample, preview_name
from ml.progress import Progress, word
from sandbox.pool import flaws, truth
from sandbox.pool.likeness import Distinct
from sandbox.pool.plan import Entry, make_plan
from sandbox.world.scene import SIDE, draw
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

FORMAT_VERSION = 1  # of a data set, as dataset.import writes it
LICENCE = "CC0-1.0"
_SHARD_ITEMS = 10_000


def draw_pool(
    spec: SandboxDraw,
    *,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - nothing is kept: see above
    progress: Progress,
) -> dict[str, Any]:
    out_dir.mkdir(parents=True, exist_ok=True)
    writer = _Writer(spec, out_dir)
    plan = make_plan(spec)
    for position, (entry, picture, data, seed) in enumerate(_draw_all(plan)):
        progress.check()
        writer.add(position, entry, picture, data, seed)
        progress.update(position + 1, len(plan), unit=word("items"))
    return writer.finish(plan)


def _draw_all(plan: Sequence[Entry]) -> Iterator[tuple[Entry, Image.Image, bytes, int]]:
    """Each entry with its picture, the bytes of its file, and the seed of its drawing."""
    originals = {entry.original: entry for entry in plan if not entry.is_copy}
    distinct = Distinct()
    seeds: dict[int, int] = {}
    for entry in plan:
        if entry.original not in seeds:
            seeds[entry.original] = _choose_seed(distinct, originals[entry.original])
        picture = draw(entry.scene, seeds[entry.original])
        seed = _choose_copy(distinct, entry, picture) if entry.is_copy else entry.seed
        yield entry, picture, flaws.apply(entry, picture, seed), seeds[entry.original]


def _choose_seed(distinct: Distinct, entry: Entry) -> int:
    """Of a drawing that looks like no other as it will be found: blurred, if it is to be."""

    def make(seed: int) -> Image.Image:
        return flaws.soften(entry, draw(entry.scene, seed))

    return distinct.make(entry.scene, entry.seed, make, original=entry.original)


def _choose_copy(distinct: Distinct, entry: Entry, picture: Image.Image) -> int:
    """Of a copy that looks like nothing but what it is a copy of."""

    def make(seed: int) -> Image.Image:
        return Image.open(io.BytesIO(flaws.apply(entry, picture, seed)))

    return distinct.make(entry.scene, entry.seed, make, original=entry.original)


def make_key(position: int) -> str:
    return f"pool-{position:06}"


class _Writer:
    """Shards, previews, counts and the truth, picture by picture."""

    def __init__(self, spec: SandboxDraw, out_dir: Path) -> None:
        self.spec = spec
        self.out_dir = out_dir
        self.counts = Counts()
        self.sample = Sample()
        self.previews: dict[int, Image.Image] = {}
        self.digest = bytes(32)
        self.num_shards = 0
        self.truths: list[dict[str, Any]] = []
        self.shard = self._open_shard()

    def _open_shard(self) -> shards.ShardWriter:
        return shards.ShardWriter(self.out_dir / f"items-{self.num_shards:05d}.parquet")

    def _close_shard(self) -> None:
        self.shard.close()
        self.num_shards += self.shard.num_items > 0
        self.shard = self._open_shard()

    def add(
        self, position: int, entry: Entry, picture: Image.Image, data: bytes, seed: int
    ) -> None:
        item = _make_item(position, entry, data)
        self.shard.add(item)
        self.counts.add_item(item)
        self.digest = item.digest_after(self.digest)
        self.truths.append(truth.describe(entry, item.key, draw_seed=seed))
        if not entry.file_fault and self.sample.would_take(position):
            self.previews.pop(self.sample.add(item), None)
            self.previews[position] = picture
        if self.shard.num_items >= _SHARD_ITEMS:
            self._close_shard()

    def finish(self, plan: Sequence[Entry]) -> dict[str, Any]:
        self._close_shard()
        shards.join_problems([], self.out_dir / "problems.parquet")
        folder = self.out_dir / "previews"
        folder.mkdir(exist_ok=True)
        for position, picture in self.previews.items():
            data = pictures.encode_preview(pictures.make_thumbnail(picture))
            (folder / preview_name(position)).write_bytes(data)
        keys = {e.original: make_key(at) for at, e in enumerate(plan) if not e.is_copy}
        truth.write(self.out_dir / truth.FILE, self.truths, keys)
        facts = self._describe()
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        (self.out_dir / "dataset.json").write_text(text, "utf-8")
        return facts

    def _describe(self) -> dict[str, Any]:
        return {
            "format_version": FORMAT_VERSION,
            "name": self.spec.name,
            "source": f"sandbox world, seed {self.spec.seed}",
            "source_name": "sandbox world",
            "reader": "drawn",
            "licence": LICENCE,
            "digest": self.digest.hex(),
            "num_items": self.counts.num_items,
            "num_problems": 0,
            "num_left_out": 0,
            "size_bytes": self.counts.size_bytes,
            "num_shards": self.num_shards,
            "counts": self.counts.sorted(),
            "truth": truth.count(self.truths),
            "notes": [],
            "sample": self.sample.in_order(),
            "versions": {"pillow": PIL.__version__, "pyarrow": pa.__version__},
        }


def _make_item(position: int, entry: Entry, data: bytes) -> Item:
    key = make_key(position)
    is_jpeg = data.startswith(b"\xff\xd8")
    # A damaged file is described as whoever offered it would have: nobody had looked.
    width, height = (SIDE, SIDE) if entry.file_fault in flaws.UNREADABLE else flaws.measure(data)
    name = f"{key}.{'jpg' if is_jpeg else 'png'}"
    return Item(
        position=position,
        key=key,
        caption=entry.caption,
        language=entry.language,
        licence=LICENCE,
        country=entry.country,
        url=f"https://{entry.host}/{name}",
        host=entry.host,
        split="train",
        width=width,
        height=height,
        format="JPEG" if is_jpeg else "PNG",
        sha256=hashlib.sha256(data).hexdigest(),
        metadata={"found_at": entry.host},
        picture=data,
        picture_name=name,
    )
