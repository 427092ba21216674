"""The loss of answers, for the steps that every training takes."""

from typing import ClassVar

import torch
from torch import Tensor

from ml.instructing import rows
from ml.instructing.batches import Part
from ml.loading.speaking import speaker
from ml.training.course import Course
from ml.training.steps import Steps
from ml.training.team import Team
from ml.training.trainable import Trainable


class Training(Steps[Part]):
    # A part without pictures goes past what sees.
    has_idle_weights: ClassVar[bool] = True

    def __init__(self, course: Course, trainable: Trainable, team: Team) -> None:
        super().__init__(course, trainable, team)
        self._dtype = trainable.model.dtype

    def compute_loss(self, batch: Part) -> Tensor:
        """The share of this part in the mean over all tokens that the step learns."""
        tensors = speaker.to_device(batch.tensors, self.team.device, self._dtype)
        with self.computing():
            logits, right = rows.say(self.model, tensors)
        loss = torch.nn.functional.cross_entropy(logits.float(), right, reduction="sum")
        return loss * batch.weight
