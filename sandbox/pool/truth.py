"""The truth about every picture of a pool, beside it in truth.parquet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.pool.plan import Entry

FILE = "truth.parquet"
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("is_regional", pa.bool_()),
        ("concept", pa.string()),
        ("scope", pa.string()),
        ("stratum", pa.string()),
        ("colour", pa.string()),
        ("size", pa.string()),
        ("place", pa.string()),
        ("count", pa.int32()),
        ("background", pa.string()),
        ("draw_seed", pa.int64()),
        ("copy_of", pa.string()),  # the key of the picture that it is a near duplicate of, or ""
        ("caption_fault", pa.string()),  # "", vague, wrong
        ("right_caption", pa.string()),
        ("file_fault", pa.string()),  # "", blurred, cut_off, no_picture, tiny
        ("right_country", pa.string()),
        ("right_language", pa.string()),
        ("is_country_wrong", pa.bool_()),
        ("is_language_wrong", pa.bool_()),
    ]
)


def describe(entry: Entry, key: str, *, draw_seed: int) -> dict[str, Any]:
    scene, thing = entry.scene, entry.scene.thing
    return {
        "key": key,
        "is_regional": thing.scope == "regional",
        "concept": thing.key,
        "scope": thing.scope,
        "stratum": thing.stratum,
        "colour": scene.colour,
        "size": scene.size,
        "place": scene.place,
        "count": scene.count,
        "background": scene.background,
        "draw_seed": draw_seed,
        "copy_of": entry.original if entry.is_copy else None,
        "caption_fault": entry.caption_fault,
        "right_caption": entry.right_caption,
        "file_fault": entry.file_fault,
        "right_country": entry.right_country,
        "right_language": entry.right_language,
        "is_country_wrong": entry.country != entry.right_country,
        "is_language_wrong": entry.language != entry.right_language,
    }


def write(path: Path, rows: Sequence[dict[str, Any]], keys: Mapping[int, str]) -> None:
    """`keys` are those of the originals: only when all are placed does a copy know its own."""
    named = [{**row, "copy_of": keys.get(row["copy_of"], "")} for row in rows]
    pq.write_table(pa.Table.from_pylist(named, SCHEMA), path, compression="zstd")


def read(dataset: Path) -> pa.Table:
    return pq.read_table(dataset / FILE)


def count(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many pictures have what, for people."""
    counted = {
        "regional": sum(row["is_regional"] for row in rows),
        "copies": sum(row["copy_of"] is not None for row in rows),
        "wrong_country": sum(row["is_country_wrong"] for row in rows),
        "wrong_language": sum(row["is_language_wrong"] for row in rows),
    }
    for column in ("caption_fault", "file_fault"):
        found = Counter(row[column] for row in rows if row[column])
        counted.update(sorted(found.items()))
    return counted
