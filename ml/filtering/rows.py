"""A row on its way through the stages, and why it did not arrive."""

from dataclasses import dataclass, field
from typing import Any

from ml.datasets.items import Item, RawItem


@dataclass(frozen=True)
class Reason:
    """Why a stage rejects a row: a code that is counted, and a whole sentence with the values."""

    code: str
    detail: str
    of: str = ""  # the key of the row that this one repeats


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    width: int
    height: int
    format: str
    sha256: str


@dataclass(kw_only=True)
class Row:
    """`looks` holds what stages asked to be made of the decoded picture, by name; `extra` what
    they found and want to stand in the data set, by column.
    """

    position: int  # in what is read, counting what was left out too
    raw: RawItem
    host: str
    caption: str
    language: str
    data: bytes = b""
    facts: PictureFacts | None = None
    looks: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def to_item(self, licence: str) -> Item:
        """`licence` is that of rows that name none. Only what decoded becomes an item."""
        assert self.facts is not None
        facts, raw = self.facts, self.raw
        return Item(
            position=self.position,
            key=raw.key,
            caption=self.caption,
            language=self.language,
            licence=raw.licence or licence,
            country=raw.country,
            url=raw.url,
            host=self.host,
            split=raw.split,
            width=facts.width,
            height=facts.height,
            format=facts.format,
            sha256=facts.sha256,
            metadata=raw.metadata,
            picture=self.data,
            picture_name=raw.picture_name or f"{facts.sha256[:16]}.{facts.format.lower()}",
        )
