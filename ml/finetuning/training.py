"""The loss of a diffusion model, for the steps that every training takes."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ml.finetuning import noise
from ml.finetuning.data.batches import Batch
from ml.finetuning.noise import Noising
from ml.training import course
from ml.training.steps import Steps
from ml.training.team import Team
from ml.training.trainable import Trainable
from specs.kinds.model.model_finetune import ModelFinetune


@dataclass(frozen=True, kw_only=True)
class Course(course.Course):
    settings: ModelFinetune
    noising: Noising


class Training(Steps[Batch]):
    def __init__(self, course: Course, trainable: Trainable, team: Team) -> None:
        super().__init__(course, trainable, team)
        self.spec = course.settings
        self.noising = course.noising.to(team.device)

    def compute_loss(self, batch: Batch) -> Tensor:
        """The share of this part in the mean over all pictures of the step."""
        latents, drawn, times = batch.latents_bchw, batch.noise_bchw, batch.times_b
        conditions: dict[str, Any] = {}
        if batch.pooled_bp is not None:
            conditions["added_cond_kwargs"] = {
                "text_embeds": batch.pooled_bp, "time_ids": batch.time_ids_b6,
            }  # fmt: skip
        with self.computing():
            predicted = self.model(
                self.noising.mix(latents, drawn, times), times, batch.texts_btd,
                return_dict=False, **conditions,
            )[0]  # fmt: skip
        losses_b = noise.item_losses(predicted, self.noising.target(latents, drawn, times))
        weights_b = self.noising.weigh(times, self.spec.min_snr_gamma)
        return (losses_b * weights_b).sum() * batch.weight
