"""Vectors of pictures and texts, kept batch by batch under the digest of all that decides them.

Batches are cut from the whole of what is embedded and never from what remains of it: the last bits
of a vector depend on what is beside it. So a run that goes on later finds what it has.
"""

import hashlib
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from ml import files
from ml.benchmarks.embeddings.phrases import Phrase
from ml.benchmarks.embeddings.sources import Opener, Source
from ml.loading.encoders import Encoder, Vectors
from ml.progress import OutOfMemory

T = TypeVar("T")
# Changes when the way from a picture or text to its vector does.
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """Vectors of length 1, and where each thing stands among them."""

    picture_vectors: Vectors
    text_vectors: Vectors
    pictures: Mapping[str, int]
    phrases: Mapping[Phrase, int]

    def find_pictures(self, wanted: Sequence[str]) -> Vectors:
        return self.picture_vectors[[self.pictures[each] for each in wanted]]

    def find_phrases(self, wanted: Sequence[Phrase]) -> Vectors:
        return self.text_vectors[[self.phrases[each] for each in wanted]]


class Embedder:
    def __init__(
        self, encoder: Encoder, weights: Sequence[str], folder: Path, report: Callable[[int], None]
    ) -> None:
        """`weights` says which ones are live; `report` hears of every batch how many it had, and
        may stop everything.
        """
        self._encoder = encoder
        self._folder = folder
        self._report = report
        self._conditions = [
            _VERSION,
            *weights,
            encoder.device,
            torch.__version__,
            torch.get_num_threads(),
        ]

    def embed(self, source: Source, pictures: Sequence[str], phrases: Sequence[Phrase]) -> Found:
        order, picture_vectors = self._embed_pictures(source.open_pictures(pictures))
        texts = list(dict.fromkeys(text for phrase in phrases for text in phrase))
        places = {text: place for place, text in enumerate(texts)}
        of_texts = self._embed_texts(texts)
        means = [of_texts[[places[text] for text in phrase]].mean(axis=0) for phrase in phrases]
        return Found(
            picture_vectors=picture_vectors,
            text_vectors=_normalise(np.stack(means)),
            pictures={sha256: place for place, sha256 in enumerate(order)},
            phrases={phrase: place for place, phrase in enumerate(phrases)},
        )

    def _embed_pictures(self, pictures: Iterable[tuple[str, Opener]]) -> tuple[list[str], Vectors]:
        order, parts = [], []
        for batch in _cut(pictures, self._encoder.batch_size):
            names = [sha256 for sha256, _ in batch]
            openers = [opener for _, opener in batch]
            parts.append(self._find(names, "picture", partial(self._look, openers)))
            order += names
        return order, np.concatenate(parts)

    def _look(self, openers: Sequence[Opener]) -> Vectors:
        return self._encoder.embed_pixels([self._encoder.prepare(open_()) for open_ in openers])

    def _embed_texts(self, texts: Sequence[str]) -> Vectors:
        return np.concatenate(
            [
                self._find(batch, "text", partial(self._encoder.embed_texts, batch))
                for batch in _cut(texts, self._encoder.batch_size)
            ]
        )

    def _find(self, things: Sequence[str], what: str, embed: Callable[[], Vectors]) -> Vectors:
        told = json.dumps([*self._conditions, what, *things])
        path = self._folder / f"{hashlib.sha256(told.encode()).hexdigest()}.npy"
        if path.is_file():
            found: Vectors = np.load(path)
        else:
            found = self._embed(embed, len(things), what)
            data = io.BytesIO()
            np.save(data, found)
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_bytes(path, data.getvalue())
        self._report(len(things))
        return found

    def _embed(self, embed: Callable[[], Vectors], number: int, what: str) -> Vectors:
        try:
            return embed()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise OutOfMemory(
                f"The {self._encoder.device} ran out of memory with {number} {what}s at once. "
                "Choose a smaller batch size."
            ) from error


def _cut(things: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(things)
    while batch := list(itertools.islice(left, size)):
        yield batch


def _normalise(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalised: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return normalised
