"""A passage of knowledge as it is written down, and how long it may be: the same for what people
curate, what is imported, and what computations read.

A folder of knowledge holds `passages.jsonl`, `knowledge.json` and the pictures that passages name.
"""

import enum
import hashlib
import json
import re
import unicodedata
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

LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
COUNTRY_CODE = re.compile(r"[A-Z]{2}")

_ID_LENGTH = 24  # of 64 hexadecimal digits: what the same words are called, wherever they are
_LONGEST = {
    "title": LONGEST_TITLE, "text": LONGEST_TEXT, "source": LONGEST_SOURCE,
    "region": LONGEST_REGION, "language": LONGEST_LANGUAGE,
}  # fmt: skip


class Fault(enum.Enum):
    TOO_LONG = enum.auto()
    NOT_ONE_LINE = enum.auto()
    NO_COUNTRY = enum.auto()
    NO_LANGUAGE = enum.auto()


class UnfitValue(ValueError):
    """What is wrong with a field; each door has a sentence for it."""

    def __init__(self, fault: Fault, value: str) -> None:
        super().__init__(f"{fault.name}: {value[:40]}")
        self.fault, self.value = fault, value


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


def tidy(name: str, value: str) -> str:
    """A field as it is kept, whoever says it, so that the same words have the same digest. Text
    keeps its lines, all else is one; a value that is empty is none. Raises UnfitValue.
    """
    clean = _clean(value)
    if name != "text":
        clean = " ".join(clean.split())
    if name == "country":
        clean = clean.upper()
    fault = _find_fault(name, clean)
    if fault is not None:
        raise UnfitValue(fault, clean)
    return clean


def _find_fault(name: str, value: str) -> Fault | None:
    if len(value) > longest(name):
        return Fault.TOO_LONG
    if name != "text" and not value.isprintable():
        return Fault.NOT_ONE_LINE
    if name == "country" and value and not COUNTRY_CODE.fullmatch(value):
        return Fault.NO_COUNTRY
    if name == "language" and value and not LANGUAGE_TAG.fullmatch(value):
        return Fault.NO_LANGUAGE
    return None


def _clean(text: str) -> str:
    """Line ends of one kind, nothing that steers a terminal, and no halves of characters, which no
    file can hold.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    ).strip()


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
