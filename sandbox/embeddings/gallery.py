"""The picture that shows what a merge learnt: captions in Khmer down, and across the picture that
each belongs to and what the base and the merge find first.
"""

import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import files
from ml.benchmarks.embeddings import models
from ml.datasets import contents
from ml.datasets.pictures import Limits, open_upright
from ml.generation import contact_sheet
from ml.generation.contact_sheet import Sheet, SheetRow
from ml.loading import encoders
from ml.loading.encoders import Encoder
from reports import fonts

LANGUAGE = "km"
_FONT = fonts.FOLDER / "noto-sans-khmer.ttf"
_NUM_OF_A_STRATUM = 2
_NUM_FOUND = 2
_LIMITS = Limits(max_file_bytes=10**6, max_pixels=10**6)

Row = Mapping[str, Any]


def draw(base: Path, tuned: Path, *, beta: float, dataset: Path, path: Path) -> Path:
    """Regional pictures of the data set alone, as retrieval looks for them."""
    rows = [row for row in contents.iterate(dataset) if row["language"] == LANGUAGE]
    rows = [row for row in rows if row["country"]]
    encoder = encoders.open_encoder(base)
    layout = models.look_at(base, tuned)
    assert layout is not None, "There is a regional model."
    sweep = models.make_sweep(encoder, layout, 1.0)
    found = {}
    for share in (0.0, beta):
        sweep.set(share)
        found[share] = _find(encoder, rows)
    with tempfile.TemporaryDirectory(prefix="ggez-") as folder:
        shown = _write_pictures(rows, Path(folder))
        sheet = Sheet(
            title="What a caption in Khmer finds first",
            columns=("its own", *_name("base"), *_name(f"beta {beta:g}")),
            rows=tuple(
                SheetRow(
                    rows[at]["caption"],
                    rows[at]["key"],
                    (shown[at], *(shown[each] for share in found for each in found[share][at])),
                )
                for at in _choose(rows)
            ),
        )
        data = io.BytesIO()
        contact_sheet.draw(sheet, label_font=_FONT).save(data, "PNG")
    files.write_bytes(path, data.getvalue())
    return path


def _name(model: str) -> list[str]:
    return [f"{model}, {number}" for number in range(1, _NUM_FOUND + 1)]


def _find(encoder: Encoder, rows: Sequence[Row]) -> list[list[int]]:
    """For each caption the most similar pictures."""
    opened = [open_upright(row["image"]["bytes"], _LIMITS) for row in rows]
    similarities = encoder.embed_texts([row["caption"] for row in rows]) @ (
        encoder.embed_pictures(opened).T
    )
    order = np.argsort(-similarities, axis=1, kind="stable")
    return [[int(each) for each in found[:_NUM_FOUND]] for found in order]


def _write_pictures(rows: Sequence[Row], folder: Path) -> list[Path]:
    paths = [folder / row["image"]["path"] for row in rows]
    for row, path in zip(rows, paths, strict=True):
        path.write_bytes(row["image"]["bytes"])
    return paths


def _choose(rows: Sequence[Row]) -> list[int]:
    """The first pictures of so many things of each stratum: none is chosen for what is found."""
    firsts: dict[str, dict[str, int]] = {}
    for at, row in enumerate(rows):
        said = json.loads(row["metadata"])
        firsts.setdefault(said["category"], {}).setdefault(said["thing"], at)
    return [at for things in firsts.values() for at in list(things.values())[:_NUM_OF_A_STRATUM]]
