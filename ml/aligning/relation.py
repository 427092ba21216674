"""What of a batch belongs together, and what is told apart.

A batch is N pairs of a picture and a caption. Of the P pictures and T texts in them each is there
once, however many pairs it stands in. The rule of twins: pictures with the same bytes are one
picture, captions that are the same word for word are one text, and a text is never a negative of a
picture that the data set shows with these words in any row, in the batch or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from ml.training.data.captioned import Material


@dataclass(frozen=True)
class Relation:
    pairs: Tensor  # [N, 2]: the places of a picture and of a text
    right: Tensor  # [P, T]: true where they belong together

    def to(self, device: torch.device) -> Self:
        pairs, right = (each.to(device, non_blocking=True) for each in (self.pairs, self.right))
        return type(self)(pairs, right)

    def pin(self) -> Self:
        return type(self)(self.pairs.pin_memory(), self.right.pin_memory())


@dataclass(frozen=True)
class Related:
    items: tuple[int, ...]  # numbers of pictures
    texts: tuple[str, ...]
    relation: Relation


def relate(material: Material, sentences: Sequence[int]) -> Related:
    """`sentences` are numbers, each of a caption and so of a pair."""
    owners = [material.find_owner(number) for number in sentences]
    words = [material.find_sentence(number)[1] for number in sentences]
    # Where each stands; batches may have 65,536 of both.
    rows = {item: row for row, item in enumerate(dict.fromkeys(owners))}
    columns = {text: column for column, text in enumerate(dict.fromkeys(words))}
    pairs = dict.fromkeys(
        (rows[owner], columns[text]) for owner, text in zip(owners, words, strict=True)
    )
    said = [
        (row, columns[text])
        for item, row in rows.items()
        for text in _list_texts(material, item)
        if text in columns
    ]
    right = torch.zeros(len(rows), len(columns), dtype=torch.bool)
    right[torch.tensor(said).unbind(1)] = True
    relation = Relation(torch.tensor(list(pairs), dtype=torch.int64), right)
    return Related(tuple(rows), tuple(columns), relation)


def _list_texts(material: Material, item: int) -> list[str]:
    return [material.find_sentence(number)[1] for number in material.list_sentences(item)]
