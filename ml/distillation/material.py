"""What is learnt from: pictures, their captions by language, and what the teacher makes of both.

The teacher does not change, so it is asked once, before the first step. Its vectors of pictures are
the array `seen`, those of captions `read`. A file beside the arrays says whose they are: a material
may be read by many students, wherever it lies.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml import files
from ml.datasets import contents
from ml.datasets.problems import shown
from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress, word
from ml.training.data import captioned, store
from ml.training.data.captioned import Item, Preparation
from ml.training.data.store import Writer
from ml.training.problems import UnfitForTraining

FILE = "material.json"
# Of what is in it and how it comes about. Another one is not read: pictures that are prepared in
# another way would teach something else.
_VERSION = 1
_PLACE = 4 * 8  # bytes that say of a picture or a caption where it lies and what it is


def find_items(dataset: Path) -> tuple[list[Item], int]:
    """A picture has one caption in each of its languages: the first."""
    return captioned.find_items(dataset, one_a_language=True)


def build(
    found: tuple[Sequence[Item], int],
    teacher: Encoder,
    dataset: Path,
    folder: Path,
    progress: Progress,
) -> None:
    """Of what `find_items` found. Goes on where it was stopped."""
    items, num_left_out = found

    def ask(writer: Writer, pixels: Sequence[Pixels], captions: Sequence[str]) -> None:
        writer.append("seen", teacher.embed_pixels(pixels))
        writer.append("read", teacher.embed_texts(captions))

    folder.mkdir(parents=True, exist_ok=True)
    if not store.read_mark(folder)["is_done"]:
        needed = _count_bytes(items, teacher) - files.measure_size(folder)
        files.check_room(folder, needed, "prepared pictures and the teacher's vectors")
    saying = word("Asking the teacher")
    preparation = Preparation(items=items, encoder=teacher, dataset=dataset, saying=saying, add=ask)
    preparation.build(folder, progress)
    told = {"languages": captioned.list_languages(items), "num_left_out": num_left_out}
    files.write_json(folder / FILE, {**_describe(teacher, dataset), **told})


def _count_bytes(items: Sequence[Item], teacher: Encoder) -> int:
    """About as much as it will be; pictures that keep their proportions may take more."""
    captions = [words for item in items for _, words in item.captions]
    of_vector = teacher.embed_texts(captions[:1]).nbytes
    of_texts = sum(len(words.encode()) for words in captions)
    of_picture = teacher.preprocessing.num_bytes + of_vector + _PLACE
    return len(items) * of_picture + len(captions) * (of_vector + _PLACE) + of_texts


def list_files(folder: Path) -> list[Path]:
    """What makes it up, without what is only of use while it is built."""
    passing = (store.LOCK, ".")  # a file that was not written to its end has a dot before its name
    return [path for path in sorted(folder.iterdir()) if not path.name.startswith(passing)]


class Material(captioned.Material):
    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        super().__init__(folder, facts["languages"])
        self.num_left_out = int(facts["num_left_out"])
        self.identity = _digest(facts)

    @classmethod
    def read(cls, folder: Path, teacher: Encoder, dataset: Path) -> Self:
        """Of this teacher and these data; anything else is refused. In whatever number format the
        teacher was asked: a GPU's is another than a processor's.
        """
        facts = _read_facts(folder)
        told = f"The material '{shown(folder.name)}' is of"
        wanted = _describe(teacher, dataset)
        if facts["teacher"] != wanted["teacher"]:
            raise UnfitForTraining(
                f"{told} another teacher ({facts['teacher'][:12]}) than "
                f"'{shown(teacher.folder.name)}' ({wanted['teacher'][:12]})."
            )
        if facts["dataset"] != wanted["dataset"]:
            raise UnfitForTraining(
                f"{told} other data ({facts['dataset'][:12]}) than '{shown(dataset.name)}' "
                f"({wanted['dataset'][:12]})."
            )
        return cls(folder, facts)

    def find_taught(
        self, items: Sequence[int], sentences: Sequence[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The teacher's vectors."""
        return self._arrays["seen"][list(items)], self._arrays["read"][list(sentences)]

    def list_spoken(self) -> list[frozenset[str]]:
        """Of each picture the languages of its captions."""
        codes = self._arrays["sentences"][:, 3]
        return [
            frozenset(self.languages[code] for code in codes[start:end].tolist())
            for start, end in pairwise(self._bounds.tolist())
        ]


def _read_facts(folder: Path) -> dict[str, Any]:
    path = folder / FILE
    if not path.is_file():
        raise UnfitForTraining(
            f"'{shown(folder.name)}' holds no {FILE}: it is not what distillation.prepare made."
        )
    facts: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if facts.get("version") != _VERSION or not store.read_mark(folder)["is_done"]:
        raise UnfitForTraining(
            f"The material '{shown(folder.name)}' was made by another version of this program: "
            "ask the teacher again."
        )
    return facts


def identify(teacher: Encoder, dataset: Path) -> str:
    """Of whom it is and what it is of, and in which numbers the teacher was asked: what comes of
    all this is the same wherever it lies.
    """
    return _digest(_describe(teacher, dataset))


def _describe(teacher: Encoder, dataset: Path) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "teacher": teacher.digest,
        "dataset": str(contents.read_facts(dataset).get("digest", "")),
        "format": str(teacher.model.dtype).removeprefix("torch."),
    }


def _digest(facts: dict[str, Any]) -> str:
    told = [facts[name] for name in ("version", "teacher", "dataset", "format")]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
