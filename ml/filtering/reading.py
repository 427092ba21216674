"""Where rows come from: an imported data set, or a source as people have it on their disks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ml.datasets import confinement, contents, detection, pictures
from ml.datasets.items import RawItem
from ml.datasets.pictures import Limits
from ml.datasets.problems import Problem, Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import registry
from ml.datasets.readers.columns import CAPTION, IMAGE
from ml.datasets.source import Source, fingerprint, open_source
from ml.filtering.rows import Row
from specs.kinds.dataset.dataset_filter import DatasetFilter

_OWN = frozenset(
    {"position", "key", "caption", "language", "licence", "country", "url", "host", "split",
     "width", "height", "format", "sha256", "size_bytes", "metadata", "image"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reading:
    path: Path
    name: str
    digest: str  # of the data set, where it has one
    mark: str  # changes when the source does
    licence: str
    source: Source | None  # None: an imported data set

    @property
    def root(self) -> Path:
        return self.source.root if self.source else self.path

    @property
    def notes(self) -> list[str]:
        return self.source.notes if self.source else []


def open_reading(path: Path, spec: DatasetFilter) -> Reading:
    if contents.is_dataset(path):
        return _open_dataset(path, spec)
    if not path.exists():
        raise UnreadableSource(f"There is no file or folder '{shown(path)}'.")
    name = shown(path.name)
    if path.is_file():
        detection.refuse_pickle(path, name)
    reader, found = detection.detect(path, name)
    source = open_source(
        found, found.name, image_column=spec.image_column, caption_column=spec.caption_column
    )
    mark = f"{reader} {fingerprint(path)}"
    return Reading(path=path, name=name, digest="", mark=mark, licence=spec.licence, source=source)


def _open_dataset(path: Path, spec: DatasetFilter) -> Reading:
    for field, usual in (("image_column", IMAGE[0]), ("caption_column", CAPTION[0])):
        if getattr(spec, field) != usual:
            contents.check_columns(path, [getattr(spec, field)])
            raise UnreadableSource(
                f"'{shown(path.name)}' is an imported data set, whose columns have their meaning; "
                f"leave {field} as it is."
            )
    facts = contents.read_facts(path)
    contents.check_columns(path, sorted(_OWN))
    if contents.count(path) == 0:
        raise UnreadableSource(f"The data set '{shown(path.name)}' holds no items.")
    digest = str(facts.get("digest", ""))
    return Reading(
        path=path,
        name=str(facts.get("name") or path.name),
        digest=digest,
        mark=digest or fingerprint(path),
        licence=spec.licence or str(facts.get("licence", "")),
        source=None,
    )


def count(reading: Reading) -> int | None:
    """None where it is not known without reading everything."""
    if reading.source is None:
        return contents.count(reading.path)
    return registry.READERS[reading.mark.partition(" ")[0]].count(reading.source)


def iterate(reading: Reading, *, start: int) -> Iterator[Row | Problem]:
    if reading.source is None:
        for position, row in enumerate(contents.iterate(reading.path, start=start), start):
            yield _from_columns(row, position)
        return
    reader = registry.READERS[reading.mark.partition(" ")[0]]
    for position, raw in enumerate(islice(reader.read(reading.source), start, None), start):
        yield raw if isinstance(raw, Problem) else to_row(raw, position)


def load_picture(root: Path, row: Row, limits: Limits) -> bytes:
    """No file outside `root` is read, and none that is too large."""
    match row.raw.picture:
        case bytes() as data:
            return data
        case str() as reference:
            return pictures.read_file(confinement.resolve(root, reference), limits)
    raise UnfitItem(Reason.NO_PICTURE, "The row names no picture.")


def to_row(raw: RawItem, position: int, host: str = "") -> Row:
    return Row(
        position=position,
        raw=raw,
        host=host or _read_host(raw.url),
        caption=raw.caption,
        language=raw.language,
    )


def _from_columns(row: Mapping[str, Any], position: int) -> Row:
    """Columns that an earlier filter added are kept beside the metadata."""
    metadata, picture = _read_metadata(row), row["image"] or {}
    further = {name: value for name, value in row.items() if name not in _OWN and value is not None}
    raw = RawItem(
        key=row["key"],
        picture=picture.get("bytes"),
        caption=row["caption"],
        picture_name=picture.get("path") or "",
        language=row["language"],
        licence=row["licence"],
        country=row["country"],
        url=row["url"],
        split=row["split"],
        metadata=further | metadata,
    )
    return to_row(raw, position, row["host"])


def _read_metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(row["metadata"] or "{}")
    except (ValueError, TypeError, RecursionError) as error:
        raise UnreadableSource(
            f"The metadata of item '{shown(row['key'])}' cannot be read: {shown(error)}."
        ) from error
    if not isinstance(found, dict):
        raise UnreadableSource(f"The metadata of item '{shown(row['key'])}' are no fields.")
    return found


def _read_host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
