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
    items, texts = tuple(dict.fromkeys(owners)), tuple(dict.fromkeys(words))
    places = [
        (items.index(owner), texts.index(text)) for owner, text in zip(owners, words, strict=True)
    ]
    pairs = torch.tensor(list(dict.fromkeys(places)), dtype=torch.int64)
    right = torch.tensor([_find_right(material, item, texts) for item in items])
    return Related(items, texts, Relation(pairs, right))


def _find_right(material: Material, item: int, texts: Sequence[str]) -> list[bool]:
    said = {material.find_sentence(number)[1] for number in material.list_sentences(item)}
    return [text in said for text in texts]
