"""Schedulers by name, with the noise that the model was trained on."""

from typing import get_args

import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler

from ml.generation import schedulers
from specs.kinds.images.images_generate import SchedulerName

OWN = DDIMScheduler(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
    prediction_type="v_prediction", timestep_spacing="trailing", clip_sample=False,
)  # fmt: skip


def test_names_are_those_of_the_specification() -> None:
    assert schedulers.list_names() == list(get_args(SchedulerName))


def test_the_models_own_is_left_alone() -> None:
    assert schedulers.choose("model", OWN) is OWN


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # diffusers with numpy 2
@pytest.mark.parametrize("name", [each for each in schedulers.list_names() if each != "model"])
def test_another_one_keeps_the_models_noise_and_can_step(name: SchedulerName) -> None:
    made = schedulers.choose(name, OWN)
    assert torch.allclose(made.alphas_cumprod, OWN.alphas_cumprod)
    assert made.config.prediction_type == "v_prediction"
    assert schedulers.describe(made)["config"]["beta_end"] == 0.012
    made.set_timesteps(4)
    latents = torch.ones(1, 4, 8, 8) * made.init_noise_sigma
    for step in made.timesteps:
        scaled = made.scale_model_input(latents, step)
        latents = made.step(torch.zeros_like(scaled), step, latents).prev_sample
    assert torch.isfinite(latents).all()


def test_karras_is_said_by_the_name() -> None:
    plain, karras = (schedulers.choose(n, OWN) for n in ("dpmpp-2m", "dpmpp-2m-karras"))
    assert isinstance(plain, DPMSolverMultistepScheduler)
    assert (plain.config.use_karras_sigmas, karras.config.use_karras_sigmas) == (False, True)
    again = schedulers.choose("dpmpp-2m", karras)
    assert again.config.use_karras_sigmas is False
