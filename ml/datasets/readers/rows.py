"""From a row of any table to an item."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Any

from ml.datasets.items import RawItem
from ml.datasets.problems import Reason, UnfitItem, clean_text, shown
from ml.datasets.readers.columns import Columns

MOST_METADATA_CHARACTERS = 20_000


def to_item(
    row: Mapping[str, Any],
    columns: Columns,
    *,
    number: int,
    where: str,
    folder: str = "",
    split: str = "",
) -> RawItem:
    """`folder` is where the table's pictures lie, relative to the source's folder."""
    picture = read_picture(row.get(columns.image), columns.image, folder)
    name = picture if isinstance(picture, str) else _read_struct_path(row.get(columns.image))
    key = read_text(row, columns.key) or name or f"{where}:{number}"
    return RawItem(
        key=clean_text(key),
        picture=picture,
        caption=read_text(row, columns.caption),
        picture_name=PurePosixPath(clean_text(name)).name,
        language=read_text(row, columns.language),
        licence=read_text(row, columns.licence),
        country=read_text(row, columns.country),
        url=read_text(row, columns.url),
        split=read_text(row, columns.split) or split,
        metadata=read_metadata(row, columns.named),
    )


def read_picture(value: Any, column: str, folder: str) -> bytes | str | None:
    """A path, bytes, or Hugging Face's pair of both, where one may be missing."""
    if isinstance(value, Mapping):
        value = value.get("bytes") if value.get("bytes") is not None else value.get("path")
    match value:
        case None | "":
            return None
        case bytes():
            return value
        case str():
            is_absolute = value.startswith("/") or "://" in value
            return value if is_absolute or not folder else f"{folder}/{value}"
    raise UnfitItem(
        Reason.UNREADABLE_ROW,
        f"Column '{shown(column)}' holds {type(value).__name__}, not a path or a picture's bytes.",
    )


def _read_struct_path(value: Any) -> str:
    path = value.get("path") if isinstance(value, Mapping) else None
    return path if isinstance(path, str) else ""


def read_text(row: Mapping[str, Any], column: str | None) -> str:
    value = row.get(column) if column is not None else None
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (int, float)):
        return str(value)
    raise UnfitItem(
        Reason.UNREADABLE_ROW,
        f"Column '{shown(column)}' holds {type(value).__name__}, not text.",
    )


def read_metadata(row: Mapping[str, Any], named: AbstractSet[str]) -> dict[str, Any]:
    """What stands in columns that have no meaning of their own."""
    try:
        metadata = {
            clean_text(str(name)): to_plain(value)
            for name, value in row.items()
            if name is not None and name not in named and value not in (None, "")
        }
    except RecursionError as error:
        raise UnfitItem(
            Reason.UNREADABLE_ROW, "The further columns hold lists in lists without end."
        ) from error
    if len(json.dumps(metadata, ensure_ascii=False)) > MOST_METADATA_CHARACTERS:
        raise UnfitItem(
            Reason.UNREADABLE_ROW,
            f"The further columns hold more than {MOST_METADATA_CHARACTERS:,} characters.",
        )
    return metadata


def to_plain(value: Any) -> Any:
    """What JSON can hold. Binary values have been left out before."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Mapping):
        return {clean_text(str(name)): to_plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else clean_text(str(value))
