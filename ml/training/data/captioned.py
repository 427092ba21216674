"""Pictures with their captions in several languages, prepared once for an encoder and then read in
any order.

Arrays: `pixels` holds the prepared pictures one after another and `places` where each begins and
its shape; `texts` holds the captions and `sentences` for each where it begins, its length, its
picture and its language. Who prepares may add arrays of its own. What was stopped goes on. Captions
that are longer than the encoder reads are counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.datasets import contents, pictures
from ml.datasets.languages import spell
from ml.datasets.pictures import LIMITS
from ml.datasets.problems import UnfitItem, shown
from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress, word
from ml.training.data import store
from ml.training.data.store import Writer
from ml.training.problems import UnfitForTraining

_NUM_CUT = "num_cut_captions"
_COLUMNS = ("key", "caption", "language", "sha256")


@dataclass(frozen=True)
class Item:
    """A picture and what is said of it, nothing twice; in the order in which it was found."""

    row: int  # of the data set, where its picture lies
    digest: str  # of the picture
    captions: tuple[tuple[str, str], ...]  # language and words

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(language for language, _ in self.captions)


# Writes what else is to be kept of a group of items: their prepared pictures, and their captions.
Add = Callable[[Writer, Sequence[Pixels], Sequence[str]], None]


def add_nothing(writer: Writer, pixels: Sequence[Pixels], captions: Sequence[str]) -> None:
    """Pictures and captions are all."""


def find_items(dataset: Path, *, one_a_language: bool) -> tuple[list[Item], int]:
    """Rows with the same picture are one item. Also how many captions were left out: empty ones,
    and those that the picture has already, word for word or (`one_a_language`) any in its language.
    """
    contents.check_columns(dataset, [*_COLUMNS, contents.PICTURE_COLUMN])
    captions: dict[str, dict[tuple[str, ...], tuple[str, str]]] = {}
    rows: dict[str, int] = {}
    num_left_out = 0
    for number, row in enumerate(contents.iterate(dataset, columns=_COLUMNS)):
        caption, language = (row["caption"] or "").strip(), spell(row["language"] or "")
        found = captions.setdefault(row["sha256"], {})
        rows.setdefault(row["sha256"], number)
        key = (language,) if one_a_language else (language, caption)
        if not caption or key in found:
            num_left_out += 1
            continue
        found[key] = (language, caption)
    items = [
        Item(rows[digest], digest, tuple(found.values()))
        for digest, found in captions.items()
        if found
    ]
    if not items:
        raise UnfitForTraining(
            f"The data set '{shown(dataset.name)}' holds no picture with a caption."
        )
    return items, num_left_out


def list_languages(items: Sequence[Item]) -> list[str]:
    return sorted({language for item in items for language in item.languages})


@dataclass(frozen=True, kw_only=True)
class Preparation:
    items: Sequence[Item]
    encoder: Encoder
    dataset: Path
    saying: str  # a word
    add: Add = add_nothing

    def build(self, folder: Path, progress: Progress) -> None:
        with store.locked(folder, progress):
            if store.read_mark(folder)["is_done"]:
                return
            writer = Writer(folder)
            try:
                self._build(writer, progress)
            finally:
                writer.close()

    def _build(self, writer: Writer, progress: Progress) -> None:
        """In groups of the encoder's batch, each kept as soon as it is there."""
        items = self.items
        languages = list_languages(items)
        group: list[tuple[int, Pixels]] = []
        for number, row in self._read_rows(writer.position):
            group.append((number, self._open(row)))
            if len(group) < self.encoder.batch_size and number < len(items) - 1:
                continue
            self._write(group, languages, writer)
            writer.save(number + 1)
            group = []
            progress.check()
            progress.update(number + 1, len(items), unit=word("pictures"), message=self.saying)
        writer.save(len(items), is_done=True)

    def _read_rows(self, start: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Of the items from this one on, their number and the row with their picture."""
        if start == len(self.items):
            return
        number_of = {item.row: number for number, item in enumerate(self.items)}
        first = self.items[start].row
        columns = ["key", contents.PICTURE_COLUMN]
        rows = contents.iterate(self.dataset, columns=columns, start=first)
        for place, row in enumerate(rows, first):
            if place in number_of:
                yield number_of[place], row

    def _open(self, row: Mapping[str, Any]) -> Pixels:
        data = (row[contents.PICTURE_COLUMN] or {}).get("bytes") or b""
        try:
            with pictures.pillow_settings():
                return self.encoder.prepare(pictures.open_upright(data, LIMITS))
        except UnfitItem as unfit:
            raise UnfitForTraining(
                f"The picture of item '{shown(str(row['key']))}' cannot be decoded. Import the "
                "data set again: broken pictures are left out then."
            ) from unfit

    def _write(
        self, group: Sequence[tuple[int, Pixels]], languages: Sequence[str], writer: Writer
    ) -> None:
        for _, pixels in group:
            place = writer.append("pixels", pixels.reshape(-1))
            writer.append("places", np.asarray([[place, *pixels.shape]], np.int64))
        said = [
            (number, language, caption)
            for number, _ in group
            for language, caption in sorted(self.items[number].captions)
        ]
        for number, language, caption in said:
            text = np.frombuffer(caption.encode(), np.uint8)
            place = writer.append("texts", text)
            told = [place, len(text), number, languages.index(language)]
            writer.append("sentences", np.asarray([told], np.int64))
        captions = [caption for _, _, caption in said]
        num_cut = self.encoder.count_cut(captions)
        writer.facts[_NUM_CUT] = writer.facts.get(_NUM_CUT, 0) + num_cut
        self.add(writer, [pixels for _, pixels in group], captions)


class Material:
    """What a preparation made, any of it at any time."""

    def __init__(self, folder: Path, languages: Sequence[str]) -> None:
        self._arrays = store.open_arrays(folder)
        self.num_cut: int = store.read_mark(folder)["facts"].get(_NUM_CUT, 0)
        self.languages = tuple(languages)
        owners = self._arrays["sentences"][:, 2]
        # Sentences stand in the order of their pictures.
        self._bounds = np.searchsorted(owners, np.arange(self.num_items + 1))

    @property
    def num_items(self) -> int:
        return len(self._arrays["places"])

    @property
    def num_sentences(self) -> int:
        return len(self._arrays["sentences"])

    def find_pixels(self, item: int) -> Pixels:
        start, *shape = self._arrays["places"][item].tolist()
        found = self._arrays["pixels"][start : start + int(np.prod(shape))]
        return np.array(found).reshape(shape)

    def list_sentences(self, item: int) -> range:
        return range(int(self._bounds[item]), int(self._bounds[item + 1]))

    def find_owner(self, sentence: int) -> int:
        """The picture that it is about."""
        return int(self._arrays["sentences"][sentence, 2])

    def find_sentence(self, number: int) -> tuple[str, str]:
        """The language and the words."""
        start, size, _, language = self._arrays["sentences"][number].tolist()
        words = bytes(self._arrays["texts"][start : start + size]).decode()
        return self.languages[language], words

    def list_notes(self, longest: int) -> list[str]:
        """Of captions that have more tokens than these."""
        if not self.num_cut:
            return []
        sentence = (
            f"{self.num_cut:,} of {self.num_sentences:,} captions have more than {longest} tokens; "
            "the model did not see their ends."
        )
        return [sentence]
