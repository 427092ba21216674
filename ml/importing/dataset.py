"""Imports a data set: reads a source item by item, examines each, writes Parquet shards.

Memory is flat: one batch of a reader, a few items under examination and one row group are held,
however large the source. After each shard a checkpoint is saved; an import that was interrupted
goes on from there, and ends with the same digest.

Out come items-00000.parquet and so on, problems.parquet, previews/ and dataset.json. Knows nothing
of who asked, and reaches nothing outside the source's folder.
"""

import json
import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import PIL
import pyarrow as pa
from PIL import Image

from ml.datasets import detection, pictures, shards
from ml.datasets.archives import ArchiveLimits
from ml.datasets.items import RawItem
from ml.datasets.problems import Problem, UnreadableSource, shown
from ml.datasets.readers import registry
from ml.datasets.source import Source, open_source
from ml.datasets.summary import Counts, Sample
from ml.importing import ahead, checkpoint
from ml.importing.examination import Examined, Examiner
from ml.importing.unpacking import unpack
from ml.progress import Progress, Stopped, word
from specs.kinds.dataset.dataset_import import DatasetImport

FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ShardSize:
    max_bytes: int = 256 * 2**20
    max_items: int = 20_000
    max_problems: int = 10_000


def import_dataset(
    spec: DatasetImport,
    *,
    out_dir: Path,
    state_dir: Path,
    progress: Progress,
    path: str,
    source_name: str = "",
    shard_size: ShardSize | None = None,
    archive_limits: ArchiveLimits | None = None,
) -> dict[str, Any]:
    """`path` is where the source lies on this machine; sentences call it `source_name`."""
    name = source_name or spec.source
    state_dir.mkdir(parents=True, exist_ok=True)
    unpacked, mark = unpack(
        Path(path), name, state_dir, progress, archive_limits or ArchiveLimits()
    )
    reader, found = detection.detect(unpacked, name, spec.format)
    source = open_source(
        found,
        name if found == unpacked else found.name,
        image_column=spec.image_column,
        caption_column=spec.caption_column,
    )
    size = shard_size or ShardSize()
    work = Import(spec, source, name=name, reader=reader, folder=state_dir, size=size)
    with pictures.pillow_settings():
        work.run(mark, progress)
    return work.publish(out_dir)


class Import:
    """One run over a source. Everything it must remember is in its checkpoint."""

    def __init__(
        self,
        spec: DatasetImport,
        source: Source,
        *,
        name: str,
        reader: str,
        folder: Path,
        size: ShardSize,
    ) -> None:
        self.spec = spec
        self.name = name
        self.source = source
        self.reader = reader
        self.folder = folder
        self.size = size
        self.examiner = Examiner(spec=spec, root=source.root)

    def run(self, mark: str, progress: Progress) -> None:
        self._load(mark)
        reader = registry.READERS[self.reader]
        self.total = reader.count(self.source)
        raws = islice(enumerate(reader.read(self.source)), self.point.position, None)
        try:
            for examined in () if self._has_enough() else ahead.run(self._examine, raws):
                progress.check()
                self._take(examined)
                progress.update(
                    self.point.position,
                    self.total,
                    unit=word("items"),
                    metrics={"problems": self.counts.num_problems},
                )
                if self._has_enough():
                    break
        except Stopped:
            self._save()
            raise
        self._save()
        self._check_not_empty()

    def _has_enough(self) -> bool:
        return self.counts.num_items == self.spec.max_items

    def _load(self, mark: str) -> None:
        """A shard that no checkpoint knows of is written again."""
        self.point = checkpoint.load(self.folder, f"{mark} {self.spec.digest()}")
        self.digest = bytes.fromhex(self.point.digest)
        self.counts = Counts(self.point.counts)
        self.sample = Sample(self.point.sample)
        self.source.notes.extend(self.point.notes)
        self.previews = self.folder / "previews"
        self.previews.mkdir(exist_ok=True)
        self._begin_shard()

    def _begin_shard(self) -> None:
        self.problems: list[Problem] = []
        self.thumbnails: dict[int, Image.Image] = {}
        self.writer = shards.ShardWriter(self._shard(self.point.num_shards))

    def _shard(self, number: int) -> Path:
        return self.folder / f"items-{number:05d}.parquet"

    def _problem_file(self, number: int) -> Path:
        return self.folder / f"problems-{number:05d}.parquet"

    def _examine(self, numbered: tuple[int, RawItem | Problem]) -> Examined:
        position, raw = numbered
        if isinstance(raw, Problem):
            return Examined(problem=raw)
        # Asked early, the sample may say yes where it later says no, never the reverse.
        return self.examiner.examine(raw, position, with_thumbnail=self.sample.would_take(position))

    def _take(self, examined: Examined) -> None:
        if examined.problem is not None:
            self.problems.append(examined.problem)
            self.counts.add_problem(examined.problem)
        if examined.item is not None:
            self.writer.add(examined.item)
            self.counts.add_item(examined.item)
            self.digest = examined.item.digest_after(self.digest)
            if examined.thumbnail is not None and self.sample.would_take(examined.item.position):
                pushed_out = self.sample.add(examined.item)
                self.thumbnails.pop(pushed_out, None)
                self.thumbnails[examined.item.position] = examined.thumbnail
        self.point.position += 1
        if (
            self.writer.num_bytes >= self.size.max_bytes
            or self.writer.num_items >= self.size.max_items
            or len(self.problems) >= self.size.max_problems
        ):
            self._save()

    def _write_previews(self) -> None:
        """Encoding is what costs, so it is done for those only that are in the sample now."""
        for entry in self.sample.entries:
            thumbnail = self.thumbnails.get(entry["position"])
            if thumbnail is not None:
                data = pictures.encode_preview(thumbnail)
                (self.previews / entry["preview"]).write_bytes(data)

    def _save(self) -> None:
        self.writer.close()
        self._write_previews()
        if self.problems:
            shards.write_problems(self._problem_file(self.point.num_problem_files), self.problems)
            self.point.num_problem_files += 1
        self.point.num_shards += self.writer.num_items > 0
        self.point.digest = self.digest.hex()
        self.point.counts = self.counts.to_json()
        self.point.sample = self.sample.entries
        self.point.notes = self.source.notes
        checkpoint.save(self.folder, self.point)
        self._begin_shard()

    def _check_not_empty(self) -> None:
        if self.counts.num_items:
            return
        name = shown(self.source.name)
        if not self.counts.num_left_out:
            raise UnreadableSource(f"'{name}' holds no items.")
        raise UnreadableSource(
            f"None of the {self.counts.num_left_out:,} items of '{name}' can be imported. The "
            f"first: {self.counts.first_problem}"
        )

    def publish(self, out_dir: Path) -> dict[str, Any]:
        """Shards are linked where the file system can, and copied where it cannot."""
        out_dir.mkdir(parents=True, exist_ok=True)
        for number in range(self.point.num_shards):
            _place(self._shard(number), out_dir)
        parts = [self._problem_file(number) for number in range(self.point.num_problem_files)]
        shards.join_problems(parts, out_dir / "problems.parquet")
        (out_dir / "previews").mkdir(exist_ok=True)
        sample = self.sample.in_order()
        for entry in sample:
            _place(self.previews / entry["preview"], out_dir / "previews")
        facts = self._describe(sample)
        text = json.dumps(facts, ensure_ascii=False, indent=1)
        (out_dir / "dataset.json").write_text(text, "utf-8")
        return facts

    def _describe(self, sample: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "format_version": FORMAT_VERSION,
            "name": self.spec.name,
            "source": self.spec.source,
            "source_name": self.name,
            "reader": self.reader,
            "licence": self.spec.licence,
            "digest": self.digest.hex(),
            "num_items": self.counts.num_items,
            "num_problems": self.counts.num_problems,
            "num_left_out": self.counts.num_left_out,
            "size_bytes": self.counts.size_bytes,
            "num_shards": self.point.num_shards,
            "counts": self.counts.sorted(),
            "notes": self.source.notes,
            "sample": sample,
            "versions": {"pillow": PIL.__version__, "pyarrow": pa.__version__},
        }


def _place(file: Path, folder: Path) -> None:
    target = folder / file.name
    try:
        target.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, target)
