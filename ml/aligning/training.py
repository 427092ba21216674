"""The steps of an encoder: which of a batch's pictures and texts belong together."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ml.aligning.batches import Lot
from ml.aligning.losses import LOSSES
from ml.loading.encoders import Encoder
from ml.training.course import Course
from ml.training.gradients.encoding import EncoderSteps
from ml.training.team import Team
from specs.kinds.model.model_align import Loss

_HIGHEST = math.log(100)  # of the logarithm of the scale, as CLIP was trained


class Training(EncoderSteps[Lot]):
    def __init__(self, course: Course, encoder: Encoder, loss: Loss, team: Team) -> None:
        super().__init__(course, encoder, team)
        self._loss = LOSSES[loss]
        # The sigmoid loss has no cap: its models come with higher scales. Nor is a base lowered.
        own = float(self.bare.logit_scale.detach())
        self._highest = max(_HIGHEST, own) if loss == "infonce" else None

    def measure(self, batch: Lot, vectors: Mapping[str, Tensor]) -> Tensor:
        logits = compute_logits(self.bare, vectors["pictures"], vectors["sentences"])
        return self._loss(logits, batch.relation)

    @torch.no_grad()
    def keep_bounds(self) -> None:
        if self._highest is not None and self.bare.logit_scale.requires_grad:
            self.bare.logit_scale.clamp_(max=self._highest)


def compute_logits(model: Any, pictures: Tensor, texts: Tensor) -> Tensor:
    """[P, T] of vectors [P, D] and [T, D], as long as they come."""
    normalise = torch.nn.functional.normalize
    cosines = normalise(pictures, dim=-1) @ normalise(texts, dim=-1).T
    logits: Tensor = cosines * model.logit_scale.exp()
    bias = getattr(model, "logit_bias", None)
    return logits if bias is None else logits + bias
