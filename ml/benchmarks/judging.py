"""What a judge is: something that is shown pictures with questions and says yes, no, or neither.

A judge knows nothing of dependencies, scores or variants. The same picture and question must get
the same answer every time: answers are kept under the judge's digest.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from ml.benchmarks.problems import UnreadablePicture


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question about one picture, and where it stands in the benchmark."""

    picture: Path
    sha256: str  # of the picture's file
    question: str
    variant: str
    item_id: str
    proposition_id: int
    crop: str

    def open_picture(self) -> Image.Image:
        try:
            with Image.open(self.picture) as picture:
                return picture.convert("RGB")
        except (OSError, SyntaxError) as error:
            # Pillow raises SyntaxError for some broken PNG files.
            raise UnreadablePicture(self.picture, str(error)) from error


@dataclass(frozen=True)
class Reply:
    answer: bool | None
    """None where what was said is neither yes nor no: a gap, which is counted."""
    raw: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where a judge computes."""

    device: str = "cpu"
    dtype: str = "fp32"


class Judge(Protocol):
    @property
    def digest(self) -> str:
        """Of everything that an answer depends on: weights, wording, number format."""

    @property
    def is_repeatable(self) -> bool:
        """Whether picture and question alone decide the answer, so that it may be kept."""

    def answer(self, batch: Sequence[Asked]) -> list[Reply]:
        """One reply for each, in order."""


_FIRST_WORD = re.compile(r"[^\W\d_]+")


def read_reply(raw: str) -> Reply:
    """What a model wrote: its first word decides, 'Yes, there is.' being yes."""
    found = _FIRST_WORD.search(unicodedata.normalize("NFKC", raw))
    word = found.group().lower() if found else ""
    return Reply({"yes": True, "no": False}.get(word), raw)
