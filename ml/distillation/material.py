"""What is learnt from: pictures, their captions by language, and what the teacher makes of both.

The teacher does not change, so it is asked once, before the first step. Its vectors of pictures are
the array `seen`, those of captions `read`.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.datasets import contents
from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress, word
from ml.training.data import captioned
from ml.training.data.captioned import Item, Preparation
from ml.training.data.store import Writer


def find_items(dataset: Path) -> tuple[list[Item], int]:
    """A picture has one caption in each of its languages: the first."""
    return captioned.find_items(dataset, one_a_language=True)


def build(
    items: Sequence[Item], teacher: Encoder, dataset: Path, folder: Path, progress: Progress
) -> None:
    def ask(writer: Writer, pixels: Sequence[Pixels], captions: Sequence[str]) -> None:
        writer.append("seen", teacher.embed_pixels(pixels))
        writer.append("read", teacher.embed_texts(captions))

    saying = word("Asking the teacher")
    preparation = Preparation(items=items, encoder=teacher, dataset=dataset, saying=saying, add=ask)
    preparation.build(folder, progress)


class Material(captioned.Material):
    def find_taught(
        self, items: Sequence[int], sentences: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The teacher's vectors."""
        return self._arrays["seen"][list(items)], self._arrays["read"][list(sentences)]


def identify(teacher: Encoder, dataset: Path) -> str:
    facts = contents.read_facts(dataset)
    read = [teacher.digest, str(facts.get("digest", ""))]
    return hashlib.sha256("\n".join(read).encode()).hexdigest()
