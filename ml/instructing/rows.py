"""Lessons side by side, filled up on the right, or in a row with nothing between them.

In a row every lesson begins to count its tokens anew, and sees itself alone. Transformers makes the
masks from the positions; where a class has masks or positions of its own kind, they are made here.
A test holds the losses of both ways against each other, family by family. Questions to a family of
which that was not shown are filled up.
"""

from collections.abc import Sequence
from typing import Any

import torch

from ml.loading.families import registry
from ml.loading.speaking import batches
from ml.loading.speaking.batches import IGNORED, Lesson, Tensors
from ml.loading.speaking.speaker import Speaker

_MASK = "mask."  # and the kind of a layer's attention
_TYPES, _SPACE = "token_type_ids", "mm_token_type_ids"


def can_pack(speaker: Speaker) -> bool:
    return registry.can_pack(speaker.family)


def put_together(speaker: Speaker, lessons: Sequence[Lesson], *, packed: bool) -> Tensors:
    return pack(speaker, lessons) if packed else speaker.collate(lessons)


def pack(speaker: Speaker, lessons: Sequence[Lesson]) -> Tensors:
    row = {
        name: torch.cat([lesson.sequences[name] for lesson in lessons])[None]
        for name in lessons[0].sequences
    }
    row["position_ids"] = torch.cat([torch.arange(len(lesson)) for lesson in lessons])[None]
    if _TYPES in row:
        window = speaker.config.get_text_config().sliding_window
        row |= _make_masks([len(lesson) for lesson in lessons], row[_TYPES][0] == 1, window)
    if _SPACE in row:
        places = torch.cat([_find_places(speaker, lesson) for lesson in lessons], dim=-1)
        row["position_ids"] = torch.cat([row["position_ids"][None], places])
    return row | batches.join_pictures([lesson.pictures for lesson in lessons])


def _make_masks(lengths: Sequence[int], is_picture: torch.Tensor, window: int) -> Tensors:
    """Gemma's: tokens of one picture see each other, before and behind. Letters: Q who sees, K who
    is seen. Transformers would look for pictures at positions that are counted anew.
    """
    lesson = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    begins = is_picture & ~torch.cat([is_picture.new_zeros(1), is_picture[:-1]])
    picture = torch.where(is_picture, begins.cumsum(0), 0)
    place = torch.arange(len(lesson))
    before_qk = place[:, None] >= place
    near_qk = before_qk & (place[:, None] - place < window)
    whole_qk = (picture[:, None] == picture) & is_picture
    own_qk = lesson[:, None] == lesson
    return {
        f"{_MASK}full_attention": ((before_qk | whole_qk) & own_qk)[None, None],
        f"{_MASK}sliding_attention": ((near_qk | whole_qk) & own_qk)[None, None],
    }


def _find_places(speaker: Speaker, lesson: Lesson) -> torch.Tensor:
    """Qwen's: where a token lies in time, height and width, [3, 1, L]."""
    if not lesson.pictures:
        return torch.arange(len(lesson)).expand(3, 1, -1)
    places: torch.Tensor
    places, _ = speaker.model.model.get_rope_index(
        lesson.input_ids[None],
        image_grid_thw=lesson.pictures["image_grid_thw"],
        mm_token_type_ids=lesson.others[_SPACE][None],
    )
    return places


def say(model: Any, tensors: Tensors) -> tuple[torch.Tensor, torch.Tensor]:
    """What the model gives to every token that is learnt, and which token is right: [N, V], [N].
    Nothing is computed for other places: of a long question few tokens are learnt, and a vocabulary
    is large.
    """
    inputs: dict[str, Any] = {
        name: tensor for name, tensor in tensors.items()
        if name != "labels" and not name.startswith(_MASK)
    }  # fmt: skip
    masks = {
        name.removeprefix(_MASK): mask for name, mask in tensors.items() if name.startswith(_MASK)
    }
    if masks:
        inputs["attention_mask"] = masks
    following = tensors["labels"][:, 1:]
    places = (following != IGNORED).any(0).nonzero().flatten()
    logits = model(**inputs, use_cache=False, logits_to_keep=places).logits
    right = following[:, places]
    is_learnt = right != IGNORED
    return logits[is_learnt], right[is_learnt]
