"""A data set as dataset.import leaves it, item by item: shards, previews, counts, dataset.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import PIL
import pyarrow as pa
from PIL import Image

from ml.datasets import pictures, shards
from ml.datasets.items import Item
from ml.datasets.summary import Counts, Sample, preview_name

FORMAT_VERSION = 1  # of a data set, as dataset.import writes it
LICENCE = "CC0-1.0"
_SHARD_ITEMS = 10_000


class DatasetWriter:
    def __init__(self, out_dir: Path) -> None:
        out_dir.mkdir(parents=True, exist_ok=True)
        self.out_dir = out_dir
        self.counts = Counts()
        self.sample = Sample()
        self.previews: dict[int, Image.Image] = {}
        self.digest = bytes(32)
        self.num_shards = 0
        self.shard = self._open_shard()

    def _open_shard(self) -> shards.ShardWriter:
        return shards.ShardWriter(self.out_dir / f"items-{self.num_shards:05d}.parquet")

    def _close_shard(self) -> None:
        self.shard.close()
        self.num_shards += self.shard.num_items > 0
        self.shard = self._open_shard()

    def add(self, item: Item, picture: Image.Image | None) -> None:
        """`picture`: what pages may show of it; None for one that nobody can open."""
        self.shard.add(item)
        self.counts.add_item(item)
        self.digest = item.digest_after(self.digest)
        if picture is not None and self.sample.would_take(item.position):
            self.previews.pop(self.sample.add(item), None)
            self.previews[item.position] = picture
        if self.shard.num_items >= _SHARD_ITEMS:
            self._close_shard()

    def finish(self, name: str, source: str, more: Mapping[str, Any]) -> dict[str, Any]:
        """`more`: what else is to be said of it."""
        self._close_shard()
        shards.join_problems([], self.out_dir / "problems.parquet")
        folder = self.out_dir / "previews"
        folder.mkdir(exist_ok=True)
        for position, picture in self.previews.items():
            data = pictures.encode_preview(pictures.make_thumbnail(picture))
            (folder / preview_name(position)).write_bytes(data)
        facts = self._describe(name, source) | dict(more)
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        (self.out_dir / "dataset.json").write_text(text, "utf-8")
        return facts

    def _describe(self, name: str, source: str) -> dict[str, Any]:
        return {
            "format_version": FORMAT_VERSION,
            "name": name,
            "source": source,
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
            "notes": [],
            "sample": self.sample.in_order(),
            "versions": {"pillow": PIL.__version__, "pyarrow": pa.__version__},
        }
