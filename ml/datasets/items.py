"""An item before and after it was looked at."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RawItem:
    """What a reader found. Nothing of it has been checked."""

    key: str
    # Bytes, or the path of a file: relative to the source's folder, or absolute.
    picture: bytes | str | None
    caption: str
    picture_name: str = ""  # of the file that the bytes came from, where known
    language: str = ""
    licence: str = ""
    country: str = ""
    url: str = ""
    split: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Item:
    """A picture that decodes, with its caption. `picture` holds the bytes as they came."""

    position: int  # in the source, counting what was left out too
    key: str
    caption: str
    language: str
    licence: str
    country: str
    url: str
    host: str
    split: str
    width: int
    height: int
    format: str
    sha256: str
    metadata: dict[str, Any]
    picture: bytes
    picture_name: str

    def digest_after(self, digest: bytes) -> bytes:
        """The data set's digest up to and with this item, given that of the items before.

        A chain rather than one long hash: its state is 32 bytes, so that an import can be resumed
        anywhere, and shards have no part in it.
        """
        facts = [self.key, self.caption, self.language, self.licence, self.country, self.sha256]
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(digest + text.encode()).digest()


def from_row(row: Mapping[str, Any]) -> Item:
    """Back from a row as `ml.datasets.contents` reads it."""
    image = row["image"]
    given = {name: row[name] for name in _AS_STORED}
    metadata = json.loads(row["metadata"])
    return Item(**given, metadata=metadata, picture=image["bytes"], picture_name=image["path"])


_AS_STORED = tuple(
    each.name for each in fields(Item) if each.name not in ("metadata", "picture", "picture_name")
)
