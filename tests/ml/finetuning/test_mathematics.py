"""Golden values and rules of the loss, the schedules and the average."""

import math

import pytest
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr
from hypothesis import given
from hypothesis import strategies as st

from ml.finetuning import noise
from ml.finetuning.noise import Noising
from ml.training import schedules
from ml.training.averages import Average
from ml.training.problems import UnfitForTraining
from specs.kinds.model.training import Schedule

SDXL = {
    "_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012,
    "beta_schedule": "scaled_linear", "num_train_timesteps": 1000,
}  # fmt: skip
V = SDXL | {"prediction_type": "v_prediction"}
ZERO_SNR = V | {"rescale_betas_zero_snr": True}
times = torch.tensor([0, 1, 300, 640, 998, 999])


def noised() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    shape = (len(times), 4, 3, 2)
    return torch.randn(shape, generator=generator), torch.randn(shape, generator=generator)


@pytest.mark.parametrize("config", [SDXL, V, ZERO_SNR], ids=["epsilon", "v", "zero SNR"])
def test_noise_and_targets_are_those_of_diffusers(config: dict[str, object]) -> None:
    latents, drawn = noised()
    noising, reference = Noising.of_scheduler(config), DDPMScheduler.from_config(config)
    mixed = noising.mix(latents, drawn, times)
    torch.testing.assert_close(mixed, reference.add_noise(latents, drawn, times))
    target = noising.target(latents, drawn, times)
    if config is SDXL:
        assert torch.equal(target, drawn)
    else:
        torch.testing.assert_close(target, reference.get_velocity(latents, drawn, times))


@pytest.mark.parametrize("config", [SDXL, V], ids=["epsilon", "v"])
@pytest.mark.parametrize("gamma", [1.0, 5.0])
def test_min_snr_weights_are_those_of_the_paper(config: dict[str, object], gamma: float) -> None:
    snr = compute_snr(DDPMScheduler.from_config(config), times)
    below = snr if config is SDXL else snr + 1
    expected = torch.minimum(snr, torch.full_like(snr, gamma)) / below
    weights = Noising.of_scheduler(config).weigh(times, gamma)
    torch.testing.assert_close(weights, expected, rtol=1e-4, atol=1e-6)


def test_without_gamma_all_weights_are_one() -> None:
    assert Noising.of_scheduler(V).weigh(times, None).tolist() == [1.0] * len(times)


def test_at_pure_noise_v_prediction_weighs_nothing_and_is_finite() -> None:
    assert Noising.of_scheduler(ZERO_SNR).weigh(torch.tensor([999]), 5.0).item() == 0.0


def test_a_loss_is_the_mean_over_each_picture() -> None:
    predicted = torch.zeros(2, 1, 2, 2, dtype=torch.bfloat16)
    target = torch.tensor([[[[1.0, 1.0], [1.0, 1.0]]], [[[2.0, 0.0], [0.0, 0.0]]]])
    assert noise.item_losses(predicted, target).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prediction_type": "sample"}, "predicts 'sample'"),
        ({"_class_name": "FlowMatchEulerDiscreteScheduler"}, "FlowMatch"),
        ({"rescale_betas_zero_snr": True}, "needs 'v_prediction'"),
    ],
)
def test_a_scheduler_that_cannot_be_trained_is_refused(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(UnfitForTraining, match=said):
        Noising.of_scheduler(SDXL | change)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("linear", [0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25]),
        ("cosine", [0.25, 0.5, 0.75, 1.0, 0.853553, 0.5, 0.146447]),
        ("constant", [0.25, 0.5, 0.75, 1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_a_schedule_warms_up_and_falls(schedule: Schedule, expected: list[float]) -> None:
    found = [schedules.factor(schedule, n, num_steps=7, warmup_steps=3) for n in range(7)]
    assert found == pytest.approx(expected, abs=1e-6)


@given(st.sampled_from(["linear", "cosine", "constant"]), st.integers(1, 200), st.integers(0, 300))
def test_a_learning_rate_is_never_nothing_nor_above_its_highest(
    schedule: Schedule, num_steps: int, warmup_steps: int
) -> None:
    for step in range(num_steps):
        found = schedules.factor(schedule, step, num_steps=num_steps, warmup_steps=warmup_steps)
        assert 0 < found <= 1


def test_an_average_follows_as_its_decay_says() -> None:
    weight = torch.nn.Parameter(torch.tensor([0.0]))
    average = Average([weight], 0.5)
    with torch.no_grad():
        weight.fill_(8.0)
    average.take_in(0)  # of the first step 1/10 of the old stays
    assert average.values[0].item() == pytest.approx(7.2)
    average.take_in(100)
    assert average.values[0].item() == pytest.approx(7.6)
    assert average.decay_at(0) == pytest.approx(0.1)
    assert average.decay_at(1_000_000) == 0.5


def test_an_average_is_put_in_place_and_taken_out_again() -> None:
    weight = torch.nn.Parameter(torch.tensor([math.pi]))
    average = Average([weight], 0.9)
    with torch.no_grad():
        weight.fill_(1.0)
    with average.in_place():
        assert weight.item() == pytest.approx(math.pi)
    assert weight.item() == 1.0
