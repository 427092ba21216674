"""Fits facts behind a prompt into what a model's text encoders see of it, and says what was cut.

The prompt comes first and is never changed. Facts follow in the order of their passages, sentence
by sentence. A sentence without room is taken up to the last of its clauses that fits; words are
never cut. What has no room is left out, and the next sentence is tried.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.tokenizers import load_tokenizer
from ml.retrieval import chunking
from ml.retrieval.problems import CannotRetrieve

NO_ROOM = "no room"
A_MARK = "holds a mark of the tokenizer"
PROMPT_FULL = "the prompt leaves no room"
_SHORTEST_MARK = 4  # a shorter one, such as the '!' that some pad with, is a word like others


@dataclass(frozen=True)
class Fact:
    passage: str  # its id
    text: str


@dataclass(frozen=True, kw_only=True)
class Cut:
    passage: str
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Compressed:
    text: str
    num_tokens: int  # of the tokenizer that needs most, its marks included
    kept: tuple[Fact, ...]
    cut: tuple[Cut, ...]


class Room:
    """The tokenizers of a pipeline, and how many tokens its text encoders see."""

    def __init__(self, tokenizers: Mapping[str, Any], limits: Mapping[str, int]) -> None:
        self.tokenizers, self.limits = dict(tokenizers), dict(limits)
        self._marks = {
            mark for each in self.tokenizers.values() for mark in each.all_special_tokens
        }

    def count(self, text: str) -> int:
        return max(self._count(name, text) for name in self.tokenizers)

    def fits(self, text: str) -> bool:
        return all(self._count(name, text) <= limit for name, limit in self.limits.items())

    def has_mark(self, text: str) -> bool:
        """A tokenizer would read an end into it, and the model would not see what follows."""
        lowered = text.casefold()
        return any(
            mark.casefold() in lowered for mark in self._marks if len(mark) >= _SHORTEST_MARK
        )

    def describe(self) -> dict[str, int]:
        return dict(self.limits)

    def _count(self, name: str, text: str) -> int:
        return len(self.tokenizers[name](text, truncation=False, verbose=False).input_ids)


def open_room(folder: Path) -> Room:
    """No weights are loaded."""
    layout = weights.check(folder)
    names = [each.name for each in layout.components if each.name.startswith("tokenizer")]
    if layout.kind != "pipeline" or not names:
        raise CannotRetrieve(
            f"'{shown(folder.name)}' is no pipeline with tokenizers of its own; the model that "
            "will draw the prompts is expected."
        )
    tokenizers, limits = {}, {}
    for name in names:
        tokenizers[name] = load_tokenizer(layout.find(name).folder)
        encoder = layout.find(name.replace("tokenizer", "text_encoder"))
        config = weights.read_json(encoder.folder / "config.json")
        places = config.get("max_position_embeddings", tokenizers[name].model_max_length)
        limits[name] = min(int(tokenizers[name].model_max_length), int(places))
    return Room(tokenizers, limits)


def compress(prompt: str, facts: Sequence[Fact], room: Room, *, joint: str) -> Compressed:
    text = prompt
    kept: list[Fact] = []
    cut: list[Cut] = []
    is_full = not room.fits(prompt)
    for fact in facts:
        for sentence in chunking.split_sentences(fact.text):
            plain = " ".join(sentence.split())
            if is_full or room.has_mark(plain):
                reason = PROMPT_FULL if is_full else A_MARK
                cut.append(Cut(passage=fact.passage, text=plain, reason=reason))
                continue
            longer, taken = _append(text, plain, room, joint)
            if taken:
                text = longer
                kept.append(Fact(fact.passage, taken))
            if rest := plain[len(taken) :].strip():
                cut.append(Cut(passage=fact.passage, text=rest, reason=NO_ROOM))
    return Compressed(text=text, num_tokens=room.count(text), kept=tuple(kept), cut=tuple(cut))


def _append(text: str, sentence: str, room: Room, joint: str) -> tuple[str, str]:
    """The text with as much of the sentence as fits, and what was taken of it: whole clauses from
    its beginning.
    """
    found, taken = text, ""
    for end in _list_ends(sentence):
        longer = _join(text, sentence[:end].rstrip(), joint)
        if not room.fits(longer):
            break
        found, taken = longer, sentence[:end].rstrip()
    return found, taken


def _list_ends(sentence: str) -> list[int]:
    ends, at = [], 0
    for clause in chunking.split_clauses(sentence):
        at = sentence.index(clause, at) + len(clause)
        ends.append(at)
    return ends


def _join(text: str, more: str, joint: str) -> str:
    """What ends with a sign needs no second one."""
    said = text.rstrip()
    is_ended = unicodedata.category(said[-1]) == "Po"
    return f"{said} {more}" if is_ended else f"{said}{joint} {more}"
