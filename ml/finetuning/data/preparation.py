"""Encodes a data set once, in chunks, and goes on where it stopped.

Arrays: `views` says of each crop or mirror image in which shape and row its latents lie, which
caption it has, and SDXL's conditions; `texts` and `pooled` hold a row per distinct caption, row 0
being no caption; `latents-WxH` holds the latents of a shape. The views of a picture stand together.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from ml.datasets import contents, filetypes, pictures
from ml.datasets.problems import shown
from ml.finetuning.data import shapes
from ml.finetuning.data.encoding import Encoders
from ml.finetuning.foundation import Foundation
from ml.progress import Progress, word
from ml.training.data import store
from ml.training.problems import UnfitForTraining
from specs.kinds.model.model_finetune import ModelFinetune

NUM_ITEMS_AT_ONCE = 32
_CAPTIONS = "captions.jsonl"  # in the order of their rows, row 0 left out
_VIEWS = 3  # keeps random numbers of this purpose apart
_NUM_THREADS = 4
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
# Columns of `views`.
ROW, CAPTION, TIME_IDS, SHAPE = 0, 1, slice(2, 8), slice(6, 8)


@dataclass(frozen=True)
class View:
    pixels: Image.Image
    time_ids: tuple[int, ...]  # original height and width, top, left, target height and width
    seed: int


@dataclass(frozen=True)
class Preparation:
    spec: ModelFinetune
    foundation: Foundation
    dataset: Path

    @property
    def num_views(self) -> int:
        return self.spec.num_crops * (2 if self.spec.flip else 1)

    @property
    def dtype(self) -> str:
        """On disk: half is enough for what is computed in half."""
        return "<f4" if self.spec.precision == "fp32" else "<f2"

    def key(self) -> str:
        """Of everything that decides what is in the arrays."""
        facts = {
            "encoders": self.foundation.digest_encoders(),
            "data": contents.read_facts(self.dataset).get("digest", ""),
            "captions": self._digest_captions(),
            "sizes": [str(size) for size in self._sizes()],
            "crop": [self.spec.crop, self.spec.num_crops, self.spec.flip, self.spec.seed],
            "dtype": self.dtype,
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]

    def _digest_captions(self) -> str:
        column = self.spec.caption_column
        known = contents.list_columns(self.dataset)
        if column not in known:
            raise UnfitForTraining(
                f"The data set has no column '{shown(column)}'; it has: {', '.join(known)}."
            )
        whole = hashlib.sha256()
        num_items = 0
        for row in contents.iterate(self.dataset, columns=["key", column]):
            whole.update(f"{row['key']}\0{row[column]}\n".encode("utf-8", "replace"))
            num_items += 1
        if not num_items:
            raise UnfitForTraining(f"The data set '{shown(self.dataset.name)}' holds no pictures.")
        return whole.hexdigest()

    def _sizes(self) -> tuple[shapes.Size, ...]:
        return shapes.list_sizes(
            self.spec.resolution or self.foundation.side,
            grain=self.foundation.grain,
            max_aspect=self.spec.max_aspect,
        )

    def build(
        self, folder: Path, progress: Progress, make_encoders: Callable[[], Encoders]
    ) -> None:
        """`make_encoders` is called only if something is left to encode."""
        with store.locked(folder, progress), pictures.pillow_settings():
            if not store.read_mark(folder)["is_done"]:
                work = _Encoding(self, folder, make_encoders())
                try:
                    work.run(progress)
                finally:
                    work.writer.close()

    def cut_views(self, row: dict[str, Any], position: int) -> list[View]:
        """Each crop, and after it its mirror image: the same for the same seed and position."""
        picture = _decode(row)
        random = np.random.default_rng([self.spec.seed, _VIEWS, position])
        size = shapes.choose_size(self._sizes(), picture.width, picture.height)
        views = []
        for _ in range(self.spec.num_crops):
            across, down = random.random(2) if self.spec.crop == "random" else (0.5, 0.5)
            for flipped in (False, True)[: 1 + self.spec.flip]:
                seed = int(random.integers(2**63))
                views.append(_make_view(picture, size, (across, down), seed, flipped=flipped))
        return views


class _Encoding:
    """One run over the data set. What it must remember is in the writer's mark."""

    def __init__(self, preparation: Preparation, folder: Path, encoders: Encoders) -> None:
        self.preparation = preparation
        self.encoders = encoders
        self.folder = folder
        self.writer = store.Writer(folder)
        self.facts = self.writer.facts
        self.rows_by_caption: dict[str, int] = {}

    def run(self, progress: Progress) -> None:
        if not self.writer.position:
            self.facts |= {"num_items": 0, "num_cut": 0, "num_silent": 0, "sizes": {}}
            self.facts |= {"num_captions": 0, "captions_bytes": 0}
        self._recall_captions()
        if "texts" not in store.read_mark(self.folder)["arrays"]:
            self._append_texts(*self.encoders.encode_nothing())
        total = contents.count(self.preparation.dataset)
        position = self.writer.position
        for chunk in self._decode_ahead(position):
            progress.check()
            progress.update(position, total, unit=word("pictures"), message=word("Encoding"))
            self._take(chunk, progress)
            position += len(chunk)
            self.writer.save(position)
        self.writer.save(position, is_done=True)

    def _decode_ahead(self, start: int) -> Iterator[list[tuple[str, list[View]]]]:
        """The next chunk is decoded while this one is encoded."""
        column = self.preparation.spec.caption_column
        rows = enumerate(
            contents.iterate(
                self.preparation.dataset, columns=["key", column, "image"], start=start
            ),
            start,
        )

        def cut(numbered: tuple[int, dict[str, Any]]) -> tuple[str, list[View]]:
            number, row = numbered
            return str(row[column] or "").strip(), self.preparation.cut_views(row, number)

        with ThreadPoolExecutor(_NUM_THREADS) as pool:
            waiting = [pool.submit(cut, each) for each in islice(rows, NUM_ITEMS_AT_ONCE)]
            while waiting:
                following = [pool.submit(cut, each) for each in islice(rows, NUM_ITEMS_AT_ONCE)]
                yield [each.result() for each in waiting]
                waiting = following

    def _take(self, chunk: Sequence[tuple[str, list[View]]], progress: Progress) -> None:
        self._encode_captions([caption for caption, _ in chunk])
        table = np.zeros((len(chunk), self.preparation.num_views, 8), np.int32)
        places: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for item, (caption, views) in enumerate(chunk):
            for number, view in enumerate(views):
                table[item, number, CAPTION] = self.rows_by_caption.get(caption, 0)
                table[item, number, TIME_IDS] = view.time_ids
                places.setdefault(view.pixels.size, []).append((item, number))
            self.facts["num_silent"] += not caption
        for (width, height), found in sorted(places.items()):
            views = [chunk[item][1][number] for item, number in found]
            latents = self.encoders.encode_pictures(
                [view.pixels for view in views], [view.seed for view in views], progress.check
            )
            name = f"latents-{width}x{height}"
            first = self.writer.append(name, self._to_rows(latents))
            for place, (item, number) in enumerate(found, first):
                table[item, number, ROW] = place
        self.writer.append("views", table.reshape(-1, 8))
        sizes = Counter(self.facts["sizes"])
        sizes.update(f"{views[0].pixels.width}x{views[0].pixels.height}" for _, views in chunk)
        self.facts["sizes"] = dict(sizes)
        self.facts["num_items"] += len(chunk)

    def _encode_captions(self, captions: Sequence[str]) -> None:
        new = list(dict.fromkeys(c for c in captions if c and c not in self.rows_by_caption))
        self.facts["num_cut"] += sum(map(self.encoders.is_too_long, captions))
        if not new:
            return
        first = self._append_texts(*self.encoders.encode_texts(new))
        lines = "".join(json.dumps(caption) + "\n" for caption in new).encode()
        with (self.folder / _CAPTIONS).open("ab") as file:
            file.write(lines)
        self.facts["captions_bytes"] += len(lines)
        self.facts["num_captions"] += len(new)
        self.rows_by_caption |= {caption: first + n for n, caption in enumerate(new)}

    def _append_texts(self, texts: Tensor, pooled: Tensor | None) -> int:
        if pooled is not None:
            self.writer.append("pooled", self._to_rows(pooled))
        return self.writer.append("texts", self._to_rows(texts))

    def _to_rows(self, tensor: Tensor) -> NDArray[Any]:
        return tensor.numpy().astype(self.preparation.dtype)

    def _recall_captions(self) -> None:
        """What stands in the file beyond the last commit is cut off."""
        with (self.folder / _CAPTIONS).open("ab") as file:
            file.truncate(self.facts["captions_bytes"])
        captions = read_captions(self.folder)
        self.rows_by_caption = {caption: row for row, caption in enumerate(captions, 1)}


def read_captions(folder: Path) -> list[str]:
    lines = (folder / _CAPTIONS).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _decode(row: dict[str, Any]) -> Image.Image:
    """Upright and without transparency, as a person sees it."""
    data = (row["image"] or {}).get("bytes") or b""
    try:
        with Image.open(io.BytesIO(data), formats=filetypes.PICTURE_FORMATS) as image:
            upright = ImageOps.exif_transpose(image)
            if not upright.has_transparency_data:
                return upright.convert("RGB")
            whole = upright.convert("RGBA")
            white = Image.new("RGBA", whole.size, "white")
            return Image.alpha_composite(white, whole).convert("RGB")
    except _DAMAGE as error:
        raise UnfitForTraining(
            f"The picture of item '{shown(row['key'])}' cannot be decoded. Import the data set "
            "again: broken pictures are left out then."
        ) from error


def _make_view(
    picture: Image.Image,
    size: shapes.Size,
    where: tuple[float, float],
    seed: int,
    *,
    flipped: bool,
) -> View:
    """Mirrored before it is cut, so that the recorded corner is the corner of what is seen."""
    found = shapes.cut(picture.width, picture.height, size, across=where[0], down=where[1])
    source = ImageOps.mirror(picture) if flipped else picture
    scaled = (found.scaled.width, found.scaled.height)
    resized = source if source.size == scaled else source.resize(scaled, Image.Resampling.LANCZOS)
    time_ids = (
        picture.height, picture.width, found.top, found.left, size.height, size.width,
    )  # fmt: skip
    return View(resized.crop(found.box), time_ids, seed)
