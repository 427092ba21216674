from collections.abc import Callable
from typing import Any, Never

import pytest
import torch
from diffusers import AutoencoderKL

from ml.progress import Silent, Stopped
from sandbox.models import pipeline, vocabulary
from sandbox.models.autoencoder import encode
from sandbox.models.diffusion import DiffusionSizes, Examples, draw_times, train_denoiser
from sandbox.models.pipeline import Denoiser
from sandbox.models.vocabulary import Merge

SIZES = DiffusionSizes(steps=25, batch=8, rate=3e-3, watch_every=10)
Train = Callable[..., tuple[Denoiser, list[float]]]


@pytest.fixture(scope="module")
def train(merges: list[Merge], pixels: torch.Tensor, autoencoder: AutoencoderKL) -> Train:
    latents = encode(autoencoder, pixels)

    def run(**more: Any) -> tuple[Denoiser, list[float]]:
        small = pipeline.DenoiserSizes(channels=(16, 16), text_width=16, heads=2)
        denoiser = pipeline.build_denoiser(vocabulary.make_tokenizers(merges), small, seed=1)
        examples = Examples.make(denoiser, latents, ["a red circle"] * len(latents))
        return denoiser, train_denoiser(denoiser, examples, SIZES, seed=5, **more)

    return run


@pytest.fixture(scope="module")
def trained(train: Train) -> tuple[Denoiser, list[float]]:
    return train()


def _list_changed(before: torch.nn.Module, after: torch.nn.Module) -> list[str]:
    new = after.state_dict()
    return [
        name for name, weight in before.state_dict().items() if not torch.equal(weight, new[name])
    ]


def test_training_lowers_the_loss(trained: tuple[Denoiser, list[float]]) -> None:
    _, losses = trained

    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])


def test_training_repeats_bit_for_bit_whether_watched_or_not(
    train: Train, trained: tuple[Denoiser, list[float]]
) -> None:
    seen: list[int] = []
    one, losses = trained
    two, again = train(watch=lambda step, _denoiser: seen.append(step))

    assert seen == [10, 20]
    assert losses == again
    for first, second in zip(one.modules, two.modules, strict=True):
        assert _list_changed(first, second) == []


def test_the_text_encoders_learn_too(
    denoiser: Denoiser, trained: tuple[Denoiser, list[float]]
) -> None:
    for before, after in zip(denoiser.modules, trained[0].modules, strict=True):
        assert _list_changed(before, after)


def test_training_stops_when_asked(train: Train) -> None:
    class Stopping(Silent):
        def check(self) -> Never:
            raise Stopped

    with pytest.raises(Stopped):
        train(progress=Stopping())


def test_times_are_spread_over_the_batch() -> None:
    times = draw_times(10, 1000, torch.Generator().manual_seed(0))

    assert sorted(int(time) // 100 for time in times) == list(range(10))
