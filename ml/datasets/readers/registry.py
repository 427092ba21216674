"""All readers. A new one is a module here, a line below and a name in the spec's `SourceFormat`;
a contract test holds them together.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.datasets.items import RawItem
from ml.datasets.problems import Problem
from ml.datasets.readers import delimited, folder, imagefolder, jsonl, parquet, webdataset
from ml.datasets.source import Source


@dataclass(frozen=True, kw_only=True)
class Reader:
    read: Callable[[Source], Iterator[RawItem | Problem]]
    count: Callable[[Source], int | None]  # how many `read` will yield; None where unknown


READERS = {
    "folder": Reader(read=folder.read, count=folder.count),
    "imagefolder": Reader(read=imagefolder.read, count=imagefolder.count),
    "parquet": Reader(read=parquet.read, count=parquet.count),
    "jsonl": Reader(read=jsonl.read, count=jsonl.count),
    "csv": Reader(read=delimited.read, count=delimited.count),
    "webdataset": Reader(read=webdataset.read, count=webdataset.count),
}

SUFFIXES: dict[str, tuple[str, ...]] = {
    "parquet": parquet.SUFFIXES,
    "jsonl": jsonl.SUFFIXES,
    "csv": delimited.SUFFIXES,
    "webdataset": webdataset.SUFFIXES,
}


def find_format(path: Path) -> str | None:
    """Of a single file, by its name."""
    name = path.name.lower()
    return next((form for form, ends in SUFFIXES.items() if name.endswith(ends)), None)
