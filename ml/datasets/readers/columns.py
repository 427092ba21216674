"""Which column of a table means what. A column that a spec names must be there; the usual names
are understood without being named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.datasets.problems import UnreadableSource, shown

# The first name of each is the spec's default, which stands for all of them.
IMAGE = ("image", "file_name", "filename", "image_path", "image_file", "path", "file", "img")
CAPTION = ("caption", "text", "prompt", "description", "alt_text")
URL = ("url", "image_url", "source_url", "source")
LANGUAGE = ("language", "lang")
LICENCE = ("licence", "license")
COUNTRY = ("country", "country_code")
KEY = ("key", "id", "item_id", "image_id", "uid")
SPLIT = ("split",)

MOST_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Columns:
    image: str
    caption: str
    language: str | None
    licence: str | None
    country: str | None
    url: str | None
    key: str | None
    split: str | None

    @property
    def named(self) -> set[str]:
        """The columns that have a meaning of their own; the others are metadata."""
        return {name for name in vars(self).values() if name is not None}


def find_columns(found: Sequence[str], *, image: str, caption: str, where: str) -> Columns:
    names = [*IMAGE, *URL] if image == IMAGE[0] else [image]
    return Columns(
        image=_require(found, names, "the picture", where),
        caption=_require(
            found, CAPTION if caption == CAPTION[0] else [caption], "the caption", where
        ),
        language=_find(found, LANGUAGE),
        licence=_find(found, LICENCE),
        country=_find(found, COUNTRY),
        url=_find(found, URL),
        key=_find(found, KEY),
        split=_find(found, SPLIT),
    )


def _find(found: Sequence[str], names: Sequence[str]) -> str | None:
    """By the order of the names; each in its exact spelling first, then whatever its case."""
    folded = {column.strip().casefold(): column for column in reversed(found)}
    for name in names:
        if name in found:
            return name
        if name.casefold() in folded:
            return folded[name.casefold()]
    return None


def _require(found: Sequence[str], names: Sequence[str], meaning: str, where: str) -> str:
    column = _find(found, names)
    if column is not None:
        return column
    wanted = f"'{names[0]}'" if len(names) == 1 else "any of " + ", ".join(names)
    columns = ", ".join(shown(name) for name in found[:MOST_LISTED]) or "none"
    if len(found) > MOST_LISTED:
        columns += f" and {len(found) - MOST_LISTED:,} more"
    raise UnreadableSource(
        f"'{where}' has no column for {meaning}: looked for {wanted}; its columns are: {columns}."
    )
