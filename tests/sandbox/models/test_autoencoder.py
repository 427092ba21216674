from dataclasses import replace

import pytest
import torch
from diffusers import AutoencoderKL

from sandbox.models.autoencoder import (
    AutoencoderSizes,
    decode,
    encode,
    measure_scaling_factor,
    train_autoencoder,
)

SIZES = AutoencoderSizes(channels=(8, 8, 8), steps=12, batch=8)


def test_training_lowers_the_loss(pixels: torch.Tensor) -> None:
    _, losses = train_autoencoder(pixels, replace(SIZES, steps=40), seed=1)

    assert sum(losses[-3:]) < 0.8 * sum(losses[:3])


def test_training_repeats_bit_for_bit(pixels: torch.Tensor, autoencoder: AutoencoderKL) -> None:
    again, _ = train_autoencoder(pixels, SIZES, seed=1)

    for name, weight in autoencoder.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name


def test_another_seed_gives_other_weights(pixels: torch.Tensor, autoencoder: AutoencoderKL) -> None:
    other, _ = train_autoencoder(pixels, SIZES, seed=2)

    assert any(
        not torch.equal(weight, other.state_dict()[name])
        for name, weight in autoencoder.state_dict().items()
    )


def test_scaled_latents_have_standard_deviation_one(
    pixels: torch.Tensor, autoencoder: AutoencoderKL
) -> None:
    latents = encode(autoencoder, pixels)

    assert latents.shape == (48, 8, 16, 16)
    assert float(latents.std()) == pytest.approx(1, abs=1e-3)
    assert measure_scaling_factor(autoencoder, pixels) == pytest.approx(
        autoencoder.config.scaling_factor, rel=1e-3
    )


def test_decoding_gives_pictures_of_the_same_size(
    pixels: torch.Tensor, autoencoder: AutoencoderKL
) -> None:
    again = decode(autoencoder, encode(autoencoder, pixels[:5]))

    assert again.shape == pixels[:5].shape
    assert again.dtype == torch.uint8
