"""The mathematics of the diffusion loss: noise, targets and weights.

Letters: B pictures of a batch, C H W of their latents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import DDPMScheduler
from torch import Tensor

from ml.training.problems import UnfitForTraining

PREDICTIONS = ("epsilon", "v_prediction")


@dataclass(frozen=True)
class Noising:
    """x_t = sqrt(a_t) x + sqrt(1 - a_t) noise."""

    signals_t: Tensor  # sqrt(a_t), of each time step
    noises_t: Tensor  # sqrt(1 - a_t)
    prediction: str

    @classmethod
    def of_scheduler(cls, config: Mapping[str, Any]) -> "Noising":
        """Whatever the pipeline samples with, its noise is DDPM's with the same betas."""
        name = str(config.get("_class_name", ""))
        prediction = str(config.get("prediction_type", "epsilon"))
        if "FlowMatch" in name or prediction not in PREDICTIONS:
            raise UnfitForTraining(
                f"The base's scheduler '{name}' predicts '{prediction}'; known are "
                f"{' and '.join(PREDICTIONS)} with DDPM's noise."
            )
        scheduler: Any = DDPMScheduler.from_config(dict(config))
        alphas_t = scheduler.alphas_cumprod.to(torch.float64)
        if prediction == "epsilon" and alphas_t[-1] == 0:
            raise UnfitForTraining(
                "The base's scheduler ends at pure noise and predicts the noise: there is nothing "
                "to learn at its last step. Zero terminal SNR needs 'v_prediction'."
            )
        return cls(alphas_t.sqrt().float(), (1 - alphas_t).sqrt().float(), prediction)

    @property
    def num_times(self) -> int:
        return len(self.signals_t)

    def to(self, device: torch.device) -> "Noising":
        return Noising(self.signals_t.to(device), self.noises_t.to(device), self.prediction)

    def mix(self, latents_bchw: Tensor, noise_bchw: Tensor, times_b: Tensor) -> Tensor:
        return _per_item(self.signals_t[times_b]) * latents_bchw + _per_item(
            self.noises_t[times_b]
        ) * noise_bchw  # fmt: skip

    def target(self, latents_bchw: Tensor, noise_bchw: Tensor, times_b: Tensor) -> Tensor:
        if self.prediction == "epsilon":
            return noise_bchw
        return _per_item(self.signals_t[times_b]) * noise_bchw - _per_item(
            self.noises_t[times_b]
        ) * latents_bchw  # fmt: skip

    def weigh(self, times_b: Tensor, gamma: float | None) -> Tensor:
        """Min-SNR (arXiv:2303.09556): min(SNR, gamma), over SNR for epsilon, over SNR + 1 for v."""
        if gamma is None:
            return torch.ones_like(times_b, dtype=torch.float32)
        signal_b, noise_b = self.signals_t[times_b].square(), self.noises_t[times_b].square()
        if self.prediction == "epsilon":
            return torch.clamp(gamma * noise_b / signal_b, max=1.0)
        # SNR / (SNR + 1) is the signal's share, gamma / (SNR + 1) gamma times the noise's.
        return torch.minimum(signal_b, gamma * noise_b)


def item_losses(predicted_bchw: Tensor, target_bchw: Tensor) -> Tensor:
    """The mean squared error of each picture, in fp32 whatever the model computes in."""
    return (predicted_bchw.float() - target_bchw.float()).square().flatten(1).mean(1)


def _per_item(values_b: Tensor) -> Tensor:
    return values_b.view(-1, 1, 1, 1)
