"""What models call languages. A table, `languages.csv`, has the languages of FLORES-200 by their
BCP 47 tags; what a region's file says of its own languages comes first.
"""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from specs.region import Region

_TABLE = Path(__file__).with_name("languages.csv")


@dataclass(frozen=True, kw_only=True)
class Language:
    tag: str  # BCP 47
    name: str = ""  # in English
    flores: str = ""  # by which NLLB calls it
    others: tuple[str, ...] = ()  # further codes for the same language
    code: str = ""  # what the model calls it, where somebody has said so


def find(tag: str, *, code: str = "", region: Region | None = None) -> Language:
    """What is not known of it stays empty: whether that is too little, a model decides."""
    found = replace(_find_in_table(tag), tag=tag, code=code)
    ours = region.find_language(tag) if region is not None else None
    if ours is None:
        return found
    return replace(
        found,
        name=ours.names["en"],
        flores=ours.flores or found.flores,
        others=(ours.tag, *ours.aliases, *found.others),
    )


def _find_in_table(tag: str) -> Language:
    """Of a longer tag, as much as the table knows: 'zh-Hant-TW' is 'zh-Hant'."""
    parts = tag.lower().split("-")
    for length in range(len(parts), 0, -1):
        found = _read_table().get("-".join(parts[:length]))
        if found is not None:
            return found
    return Language(tag=tag)


@functools.cache
def _read_table() -> Mapping[str, Language]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tags: dict[str, list[str]] = {}
    for row in rows:
        tags.setdefault(row["flores"], []).append(row["tag"])
    return {
        row["tag"].lower(): Language(
            tag=row["tag"],
            name=row["name"],
            flores=row["flores"],
            others=tuple(tags[row["flores"]]),
        )
        for row in rows
    }
