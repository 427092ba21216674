"""Turns as tensors: one alone, and several side by side.

A turn is prepared alone, so that what is beside it in a batch changes nothing of it. Sequences are
filled up on the left to be answered, because answers go on at the end, and on the right to be
learnt from. Tensors of pictures lie one after another, as the models take them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

Tensors = dict[str, torch.Tensor]
Side = Literal["left", "right"]

IGNORED = -100
"""The label of what is not learnt."""
_FILLINGS = {"labels": IGNORED, "attention_mask": 0, "token_type_ids": 0, "mm_token_type_ids": 0}
_SEQUENCES = ("input_ids", *_FILLINGS)
# Phi-4 fills missing tiles up so: a tile that is looked at nowhere would be NaN.
_ONES = "image_attention_mask"


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """One turn. Sequences have the shape [L], and tensors of its pictures [1 or more, ...]."""

    sequences: Tensors
    pictures: Tensors = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sequences["input_ids"])


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A turn and its answer, to learn from. `labels` are -100 outside the answer and its end."""

    input_ids: torch.Tensor  # [L]
    labels: torch.Tensor  # [L]
    others: Tensors = field(default_factory=dict)  # token types, [L] each
    pictures: Tensors = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.input_ids)

    @property
    def sequences(self) -> Tensors:
        return {"input_ids": self.input_ids, "labels": self.labels, **self.others}


def split(made: Mapping[str, torch.Tensor]) -> Encoded:
    """What a processor made of one text."""
    sequences = {name: made[name][0] for name in _SEQUENCES if name in made}
    sequences.pop("attention_mask", None)  # nothing is filled up yet
    pictures = {name: tensor for name, tensor in made.items() if name not in _SEQUENCES}
    return Encoded(sequences=sequences, pictures=pictures)


def stack(batch: Sequence[Encoded] | Sequence[Lesson], *, side: Side, pad_id: int) -> Tensors:
    length = max(len(each) for each in batch)
    made: Tensors = {}
    for name in batch[0].sequences:
        filling = _FILLINGS.get(name, pad_id)
        made[name] = torch.stack(
            [_fill(each.sequences[name], length, side, filling) for each in batch]
        )
    masks = [torch.ones(len(each), dtype=torch.long) for each in batch]
    made["attention_mask"] = torch.stack([_fill(mask, length, side, 0) for mask in masks])
    return made | join_pictures([each.pictures for each in batch])


def join_pictures(several: Sequence[Tensors]) -> Tensors:
    names = dict.fromkeys(name for pictures in several for name in pictures)
    return {
        name: _join(name, [pictures[name] for pictures in several if name in pictures])
        for name in names
    }


def _join(name: str, parts: list[torch.Tensor]) -> torch.Tensor:
    """Pictures that are cut into tiles have different numbers of them: filled up to the most."""
    if parts[0].dim() > 2 and len({part.shape[1:] for part in parts}) > 1:  # noqa: PLR2004 - tiles
        most = max(part.shape[1] for part in parts)
        filling = 1 if name == _ONES else 0
        parts = [_fill_tiles(part, most, filling) for part in parts]
    return torch.cat(parts)


def _fill_tiles(part: torch.Tensor, most: int, filling: int) -> torch.Tensor:
    missing = (len(part), most - part.shape[1], *part.shape[2:])
    return torch.cat([part, part.new_full(missing, filling)], dim=1)


def _fill(sequence: torch.Tensor, length: int, side: Side, filling: int) -> torch.Tensor:
    rest = sequence.new_full((length - len(sequence),), filling)
    return torch.cat([rest, sequence] if side == "left" else [sequence, rest])
