"""Looks at what is held out: its loss, and whether each finds its counterpart first (R@1).

The loss is that of all pairs that are held out as one batch, so it depends on how many they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor

from ml.aligning.losses import LOSSES
from ml.aligning.relation import Related
from ml.aligning.training import compute_logits
from ml.loading.encoders import Encoder
from ml.training.data.captioned import Material
from specs.kinds.model.model_align import Loss

T = TypeVar("T")
LOSS, PICTURES, TEXTS = "held_out_loss", "held_out_r1_pictures", "held_out_r1_texts"


@dataclass(frozen=True)
class Evaluation:
    encoder: Encoder  # of the model that is trained
    loss: Loss
    material: Material
    related: Related

    @torch.no_grad()
    def look(self, model: Any, step: int) -> Mapping[str, float] | None:  # noqa: ARG002 - of every look
        """The model is left as it was found."""
        was_training = model.training
        model.eval()
        pixels = [self.material.find_pixels(item) for item in self.related.items]
        pictures = self._embed(self.encoder.see, pixels)
        texts = self._embed(self.encoder.read, self.related.texts)
        model.train(was_training)
        logits = compute_logits(model, pictures, texts)
        relation = self.related.relation.to(logits.device)
        return {
            LOSS: float(LOSSES[self.loss](logits, relation)),
            PICTURES: count_first(logits.T, relation.right.T),
            TEXTS: count_first(logits, relation.right),
        }

    def _embed(self, embed: Callable[[Sequence[T]], Tensor], things: Sequence[T]) -> Tensor:
        size = self.encoder.batch_size
        starts = range(0, len(things), size)
        return torch.cat([embed(things[start : start + size]).float() for start in starts])


def count_first(logits: Tensor, right: Tensor) -> float:
    """The share of rows whose best right column is above every wrong one. A tie is no hit."""
    never = torch.full_like(logits, -torch.inf)
    best = torch.where(right, logits, never).amax(dim=1)
    worse = torch.where(right, never, logits).amax(dim=1)
    return float((best > worse).double().mean())
