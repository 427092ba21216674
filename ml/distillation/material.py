"""What is learnt from: pictures, their captions by language, and what the teacher makes of both.

The teacher does not change, so it is asked once, before the first step. Arrays: `pixels` holds the
prepared pictures one after another and `places` where each begins and its shape; `texts` holds the
captions and `sentences` for each where it begins, its length, its picture and its language. The
teacher's vectors are `seen` and `read`. What was stopped goes on.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.datasets import contents, pictures
from ml.datasets.pictures import Limits
from ml.datasets.problems import UnfitItem, shown
from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress, word
from ml.training.data import store
from ml.training.problems import UnfitForTraining

LIMITS = Limits(max_file_bytes=64_000_000, max_pixels=100_000_000)
_COLUMNS = ("key", "caption", "language", "sha256")


@dataclass(frozen=True)
class Item:
    """A picture and one caption in each of its languages."""

    row: int  # of the data set, where its picture lies
    captions: Mapping[str, str]


def find_items(dataset: Path) -> tuple[list[Item], int]:
    """Rows with the same picture are one item. Also how many captions were left out: empty ones,
    and second ones in a language that the picture has already.
    """
    contents.check_columns(dataset, [*_COLUMNS, contents.PICTURE_COLUMN])
    captions: dict[str, dict[str, str]] = {}
    rows: dict[str, int] = {}
    num_left_out = 0
    for number, row in enumerate(contents.iterate(dataset, columns=_COLUMNS)):
        caption, language = (row["caption"] or "").strip(), row["language"] or ""
        found = captions.setdefault(row["sha256"], {})
        rows.setdefault(row["sha256"], number)
        if not caption or language in found:
            num_left_out += 1
            continue
        found[language] = caption
    items = [Item(rows[digest], found) for digest, found in captions.items() if found]
    if not items:
        raise UnfitForTraining(
            f"The data set '{shown(dataset.name)}' holds no picture with a caption."
        )
    return items, num_left_out


def build(
    items: Sequence[Item], teacher: Encoder, dataset: Path, folder: Path, progress: Progress
) -> None:
    with store.locked(folder, progress):
        if store.read_mark(folder)["is_done"]:
            return
        writer = store.Writer(folder)
        try:
            _build(items, teacher, dataset, writer, progress)
        finally:
            writer.close()


def _build(
    items: Sequence[Item], teacher: Encoder, dataset: Path, writer: store.Writer, progress: Progress
) -> None:
    """In groups of the encoder's batch, each kept as soon as it is there."""
    languages = list_languages(items)
    group: list[tuple[int, Pixels]] = []
    for number, row in _read_rows(items, dataset, writer.position):
        group.append((number, _open(row, teacher)))
        if len(group) < teacher.batch_size and number < len(items) - 1:
            continue
        _write(group, items, languages, teacher, writer)
        writer.save(number + 1)
        group = []
        progress.check()
        progress.update(
            number + 1, len(items), unit=word("pictures"), message=word("Asking the teacher")
        )
    writer.save(len(items), is_done=True)


def _read_rows(
    items: Sequence[Item], dataset: Path, start: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Of the items from this one on, their number and the row with their picture."""
    if start == len(items):
        return
    number_of = {item.row: number for number, item in enumerate(items)}
    first = items[start].row
    columns = ["key", contents.PICTURE_COLUMN]
    for place, row in enumerate(contents.iterate(dataset, columns=columns, start=first), first):
        if place in number_of:
            yield number_of[place], row


def list_languages(items: Sequence[Item]) -> list[str]:
    return sorted({language for item in items for language in item.captions})


def _open(row: Mapping[str, Any], teacher: Encoder) -> Pixels:
    data = (row[contents.PICTURE_COLUMN] or {}).get("bytes") or b""
    try:
        with pictures.pillow_settings():
            return teacher.prepare(pictures.open_upright(data, LIMITS))
    except UnfitItem as unfit:
        raise UnfitForTraining(
            f"The picture of item '{shown(str(row['key']))}' cannot be decoded. Import the data "
            "set again: broken pictures are left out then."
        ) from unfit


def _write(
    group: Sequence[tuple[int, Pixels]],
    items: Sequence[Item],
    languages: Sequence[str],
    teacher: Encoder,
    writer: store.Writer,
) -> None:
    for _, pixels in group:
        place = writer.append("pixels", pixels.reshape(-1))
        writer.append("places", np.asarray([[place, *pixels.shape]], np.int64))
    writer.append("seen", teacher.embed_pixels([pixels for _, pixels in group]))
    said = [
        (number, language, caption)
        for number, _ in group
        for language, caption in sorted(items[number].captions.items())
    ]
    for number, language, caption in said:
        text = np.frombuffer(caption.encode(), np.uint8)
        place = writer.append("texts", text)
        told = [place, len(text), number, languages.index(language)]
        writer.append("sentences", np.asarray([told], np.int64))
    writer.append("read", teacher.embed_texts([caption for _, _, caption in said]))


class Material:
    """What `build` made, any of it at any time."""

    def __init__(self, folder: Path, languages: Sequence[str]) -> None:
        self._arrays = store.open_arrays(folder)
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

    def find_sentence(self, number: int) -> tuple[str, str]:
        """The language and the words."""
        start, size, _, language = self._arrays["sentences"][number].tolist()
        words = bytes(self._arrays["texts"][start : start + size]).decode()
        return self.languages[language], words

    def find_taught(
        self, items: Sequence[int], sentences: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The teacher's vectors."""
        return self._arrays["seen"][list(items)], self._arrays["read"][list(sentences)]


def identify(teacher: Encoder, dataset: Path) -> str:
    facts = contents.read_facts(dataset)
    read = [teacher.digest, str(facts.get("digest", ""))]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()
