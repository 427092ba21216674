"""Draws a pool: a data set as dataset.import leaves it, and the truth beside it.

A picture takes less than a millisecond and depends on those before it, from which it must differ;
so an interrupted pool is drawn again from its beginning. Knows nothing of filters.
"""

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from ml.datasets.items import Item
from ml.progress import Progress, word
from sandbox.pool import flaws, truth
from sandbox.pool.likeness import Distinct
from sandbox.pool.plan import Entry, make_plan
from sandbox.pool.writing import LICENCE, DatasetWriter
from sandbox.world.scene import SIDE, draw
from specs.kinds.sandbox.sandbox_draw import SandboxDraw


def draw_pool(
    spec: SandboxDraw,
    *,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - nothing is kept: see above
    progress: Progress,
) -> dict[str, Any]:
    writer = DatasetWriter(out_dir)
    plan = make_plan(spec)
    truths = []
    for position, (entry, picture, data, seed) in enumerate(_draw_all(plan)):
        progress.check()
        item = _make_item(position, entry, data)
        writer.add(item, None if entry.file_fault else picture)
        truths.append(truth.describe(entry, item.key, draw_seed=seed))
        progress.update(position + 1, len(plan), unit=word("items"))
    keys = {e.original: make_key(at) for at, e in enumerate(plan) if not e.is_copy}
    truth.write(out_dir / truth.FILE, truths, keys)
    return writer.finish(
        spec.name, f"sandbox world, seed {spec.seed}", {"truth": truth.count(truths)}
    )


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
