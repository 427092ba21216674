"""What a loss is computed from: the student's and the teacher's vectors of one batch.

N pictures, M sentences, D numbers in a vector. Each sentence is about one of the pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import torch
from torch import Tensor

from ml.datasets import languages


@dataclass(frozen=True)
class Vectors:
    """All of length 1; `of` makes them so."""

    pictures: Tensor  # [N, D]
    sentences: Tensor  # [M, D]

    @classmethod
    def of(cls, pictures: Tensor, sentences: Tensor) -> Self:
        normalise = torch.nn.functional.normalize
        return cls(normalise(pictures, dim=-1), normalise(sentences, dim=-1))

    @property
    def width(self) -> int:
        return self.pictures.shape[1]

    @cached_property
    def all(self) -> Tensor:
        """[N + M, D], pictures first."""
        return torch.cat([self.pictures, self.sentences])


@dataclass(frozen=True)
class Layout:
    """What the sentences of a batch are; an item is a picture with its sentences."""

    num_items: int
    items: tuple[int, ...]  # of each sentence, the number of its picture
    languages: tuple[str, ...]  # of each sentence
    texts: tuple[str, ...] = ()  # of each sentence its words; none: they are all different

    def __post_init__(self) -> None:
        if not self.items or len(self.items) != len(self.languages):
            raise ValueError(
                f"A batch needs sentences, each with its language; it has {len(self.items)} "
                f"sentences and {len(self.languages)} languages."
            )
        if not all(0 <= item < self.num_items for item in self.items):
            raise ValueError(f"A sentence belongs to none of the {self.num_items} pictures.")
        if len(set(zip(self.items, self.languages, strict=True))) < len(self.items):
            raise ValueError("An item has two sentences in one language in the same batch.")

    def list_views(self) -> list[tuple[Sequence[int], Sequence[int]]]:
        """The pictures, then the sentences of each language in the order in which they come: where
        each stands among all vectors, and its item.
        """
        views: list[tuple[Sequence[int], Sequence[int]]] = [
            (range(self.num_items), range(self.num_items))
        ]
        for language in dict.fromkeys(self.languages):
            found = [place for place, each in enumerate(self.languages) if each == language]
            places = [self.num_items + place for place in found]
            views.append((places, [self.items[place] for place in found]))
        return views

    def find_twins(self) -> Tensor | None:
        """[N + M, N + M]: true where two things of different items belong together all the same,
        as the words of one are said of the other's picture too. None where no words are.
        """
        if len(set(self.texts)) == len(set(zip(self.items, self.texts, strict=False))):
            return None
        codes = {words: code for code, words in enumerate(dict.fromkeys(self.texts))}
        of_sentence = torch.tensor([codes[words] for words in self.texts])
        items = torch.tensor([*range(self.num_items), *self.items])
        is_said = torch.zeros(self.num_items, len(codes), dtype=torch.bool)
        is_said[items[self.num_items :], of_sentence] = True
        twins = torch.zeros(len(items), len(items), dtype=torch.bool)
        twins[:, self.num_items :] = is_said[items][:, of_sentence]
        return (twins | twins.T) & (items[:, None] != items[None])

    def find_pivots(self, language: str) -> list[int]:
        """For each sentence, which one says the same in this language or a variety of it."""
        places: dict[int, dict[str, int]] = {}
        for place, (item, each) in enumerate(zip(self.items, self.languages, strict=True)):
            places.setdefault(item, {})[each] = place
        chosen = {item: languages.find(spoken, language) for item, spoken in places.items()}
        pivots = {item: places[item][each] for item, each in chosen.items() if each is not None}
        lacking = len(places) - len(pivots)
        if lacking:
            raise ValueError(
                f"{lacking} of {len(places)} items of a batch have no sentence in "
                f"'{language}', which their other sentences are to be drawn to."
            )
        return [pivots[item] for item in self.items]


@dataclass(frozen=True, kw_only=True)
class Batch:
    student: Vectors
    teacher: Vectors
    layout: Layout

    def check_width(self, doing: str) -> None:
        """Where numbers of one vector are held against those of the other."""
        if self.student.width != self.teacher.width:
            raise ValueError(
                f"The student's vectors have {self.student.width} numbers and the teacher's "
                f"{self.teacher.width}; {doing} needs as many."
            )
