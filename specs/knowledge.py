"""A passage of knowledge as it is written down, and how long it may be: the same for what people
curate, what is imported, and what computations read.

A folder of knowledge holds `passages.jsonl`, `knowledge.json` and the pictures that passages name.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

MOST_PASSAGES = 100_000
LONGEST_TEXT = 20_000
LONGEST_TITLE = 400
LONGEST_SOURCE = 2000
LONGEST_VALUE = 120
LONGEST_REGION = 40
LONGEST_LANGUAGE = 35
# What a person may state of a passage. A picture is a file that the folder holds.
STATED = ("title", "text", "region", "country", "language", "source", "licence")

FACTS_FILE = "knowledge.json"
PASSAGES_FILE = "passages.jsonl"
PICTURES = "pictures"

_ID_LENGTH = 24  # of 64 hexadecimal digits: what the same words are called, wherever they are
_LONGEST = {
    "title": LONGEST_TITLE, "text": LONGEST_TEXT, "source": LONGEST_SOURCE,
    "region": LONGEST_REGION, "language": LONGEST_LANGUAGE,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PassageLine:
    """`picture` is a path inside the folder whose name is the picture's digest; or empty."""

    text: str
    title: str = ""
    picture: str = ""
    region: str = ""
    country: str = ""
    language: str = ""
    source: str = ""
    licence: str = ""

    @property
    def digest(self) -> str:
        """Of everything it says: another word is another passage."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def id(self) -> str:
        return self.digest[:_ID_LENGTH]

    def to_json(self) -> str:
        """As one line of the file: always the same."""
        return json.dumps({"id": self.id, **asdict(self)}, ensure_ascii=False)


def write(passages: Iterable[PassageLine]) -> str:
    """The file that a computation reads."""
    return "".join(f"{passage.to_json()}\n" for passage in passages)


def digest(passage_digests: Sequence[str]) -> str:
    """Of a whole base, by the digests of its passages in order."""
    return hashlib.sha256("\n".join(passage_digests).encode()).hexdigest()


def longest(name: str) -> int:
    """How many characters a field may have."""
    return _LONGEST.get(name, LONGEST_VALUE)


def describe(name: str, passages: Sequence[PassageLine]) -> dict[str, object]:
    """What `knowledge.json` says."""
    return {
        "name": name,
        "digest": digest([passage.digest for passage in passages]),
        "num_passages": len(passages),
    }
