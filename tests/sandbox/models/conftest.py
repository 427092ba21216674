import random
from collections.abc import Iterator

import pytest
import torch
from diffusers import AutoencoderKL

from sandbox.models import lessons, pipeline, vocabulary
from sandbox.models.autoencoder import AutoencoderSizes, train_autoencoder
from sandbox.models.pipeline import Denoiser
from sandbox.models.vocabulary import Merge
from sandbox.world.scene import sample


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def texts() -> list[str]:
    return ["a red circle", "a red square", "two red circles", "a blue circle on the left"]


@pytest.fixture(scope="package")
def merges(texts: list[str]) -> list[Merge]:
    return vocabulary.learn_merges(texts, 40)


@pytest.fixture(scope="package")
def pixels() -> torch.Tensor:
    rng = random.Random(3)
    return lessons.draw_all([sample(rng) for _ in range(48)], seed=3)


@pytest.fixture(scope="package")
def autoencoder(pixels: torch.Tensor) -> AutoencoderKL:
    sizes = AutoencoderSizes(channels=(8, 8, 8), steps=12, batch=8)
    return train_autoencoder(pixels, sizes, seed=1)[0]


@pytest.fixture
def denoiser(merges: list[Merge]) -> Denoiser:
    sizes = pipeline.DenoiserSizes(channels=(16, 16), text_width=16, heads=2)
    return pipeline.build_denoiser(vocabulary.make_tokenizers(merges), sizes, seed=1)
