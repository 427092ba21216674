"""Turns what a reader found into an item, or into the reason why not. Knows one item at a time, so
that many can be examined at once.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from ml.datasets import confinement, pictures
from ml.datasets.items import Item, RawItem
from ml.datasets.pictures import Limits, Picture
from ml.datasets.problems import Problem, Reason, UnfitItem
from specs.kinds.dataset.dataset_import import DatasetImport

LONGEST_CAPTION = 32_000


@dataclass(frozen=True, kw_only=True)
class Examiner:
    spec: DatasetImport
    root: Path

    @property
    def limits(self) -> Limits:
        return Limits(
            max_file_bytes=int(self.spec.max_file_mb * 1e6),
            max_pixels=int(self.spec.max_picture_megapixels * 1e6),
        )

    def examine(self, raw: RawItem, position: int, *, with_thumbnail: bool) -> "Examined":
        try:
            if not raw.caption:
                raise UnfitItem(Reason.NO_CAPTION, "The caption is empty.")  # noqa: TRY301 - one way out for every reason
            if len(raw.caption) > LONGEST_CAPTION:
                raise UnfitItem(  # noqa: TRY301 - the same
                    Reason.UNREADABLE_CAPTION,
                    f"The caption has {len(raw.caption):,} characters; at most "
                    f"{LONGEST_CAPTION:,} are read.",
                )
            data = self._load(raw)
            picture = pictures.inspect(data, self.limits, with_thumbnail=with_thumbnail)
        except UnfitItem as unfit:
            return Examined(problem=unfit.about(raw.key))
        return Examined(
            item=self._make_item(raw, position, data, picture),
            thumbnail=picture.thumbnail,
            problem=_note_size(raw.key, picture),
        )

    def _load(self, raw: RawItem) -> bytes:
        match raw.picture:
            case bytes() as data:
                return data
            case str() as reference:
                return pictures.read_file(confinement.resolve(self.root, reference), self.limits)
        raise UnfitItem(Reason.NO_PICTURE, "The row names no picture.")

    def _make_item(self, raw: RawItem, position: int, data: bytes, picture: Picture) -> Item:
        return Item(
            position=position,
            key=raw.key,
            caption=raw.caption,
            language=raw.language or self.spec.default_language,
            licence=raw.licence or self.spec.licence,
            country=raw.country,
            url=raw.url,
            host=_read_host(raw.url),
            split=raw.split,
            width=picture.width,
            height=picture.height,
            format=picture.format,
            sha256=picture.sha256,
            metadata=raw.metadata,
            picture=data,
            picture_name=raw.picture_name or f"{picture.sha256[:16]}.{picture.format.lower()}",
        )


@dataclass(frozen=True, kw_only=True)
class Examined:
    item: Item | None = None
    thumbnail: Image.Image | None = None
    problem: Problem | None = None


def _note_size(key: str, picture: Picture) -> Problem | None:
    if not picture.is_small:
        return None
    return Problem(
        reference=key,
        reason=Reason.SMALL_PICTURE,
        message=f"The picture is {picture.width} x {picture.height} pixels; it was kept.",
        is_kept=True,
    )


def _read_host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
