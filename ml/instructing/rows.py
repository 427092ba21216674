"""Lessons side by side, filled up on the right, or in a row with nothing between them.

In a row every lesson begins to count its tokens anew, and sees itself alone: transformers makes the
masks from the positions. A test holds the losses of both ways against each other, family by family.
Others compute their positions or masks from the whole row and are filled up.
"""

from collections.abc import Sequence
from typing import Any

import torch

from ml.loading.speaking import batches
from ml.loading.speaking.batches import IGNORED, Lesson, Tensors
from ml.loading.speaking.speaker import Speaker

PACKED = frozenset({"llava", "llava-next", "llava-onevision", "internvl", "phi4"})


def can_pack(speaker: Speaker) -> bool:
    return speaker.family.method in PACKED


def put_together(speaker: Speaker, lessons: Sequence[Lesson], *, packed: bool) -> Tensors:
    return pack(lessons) if packed else speaker.collate(lessons)


def pack(lessons: Sequence[Lesson]) -> Tensors:
    row = {
        name: torch.cat([lesson.sequences[name] for lesson in lessons])[None]
        for name in lessons[0].sequences
    }
    row["position_ids"] = torch.cat([torch.arange(len(lesson)) for lesson in lessons])[None]
    return row | batches.join_pictures([lesson.pictures for lesson in lessons])


def say(model: Any, tensors: Tensors) -> tuple[torch.Tensor, torch.Tensor]:
    """What the model gives to every token that is learnt, and which token is right: [N, V], [N].
    Nothing is computed for other places: of a long question few tokens are learnt, and a vocabulary
    is large.
    """
    inputs = {name: tensor for name, tensor in tensors.items() if name != "labels"}
    following = tensors["labels"][:, 1:]
    places = (following != IGNORED).any(0).nonzero().flatten()
    logits = model(**inputs, use_cache=False, logits_to_keep=places).logits
    right = following[:, places]
    is_learnt = right != IGNORED
    return logits[is_learnt], right[is_learnt]
