"""What a judge must not take for a thing."""

import random

import pytest
import torch
from diffusers import AutoencoderKL

from sandbox.models import failures, judge
from sandbox.models.lessons import draw_all
from sandbox.world.concepts import CONCEPTS
from sandbox.world.scene import Scene, sample

NUM = 8


def spoil(autoencoder: AutoencoderKL, number: int, seed: int = 1) -> torch.Tensor:
    rng = random.Random(4)
    one, two = (draw_all([sample(rng) for _ in range(NUM)], start) for start in (0, NUM))
    kinds = torch.full((NUM,), number)
    generator = torch.Generator().manual_seed(seed)
    return failures.spoil(autoencoder, one, two, kinds, generator)


@pytest.mark.parametrize(
    "number", range(len(failures.KINDS)), ids=lambda n: failures.KINDS[n].__name__
)
def test_every_kind_changes_every_picture_and_repeats(
    autoencoder: AutoencoderKL, number: int
) -> None:
    rng = random.Random(4)
    sound = draw_all([sample(rng) for _ in range(NUM)], 0)
    spoilt = spoil(autoencoder, number)

    assert spoilt.shape == sound.shape
    assert spoilt.dtype == torch.uint8
    assert (spoilt != sound).flatten(1).any(dim=1).all()
    assert torch.equal(spoilt, spoil(autoencoder, number))


def test_what_is_bent_within_keeps_its_rim(autoencoder: AutoencoderKL) -> None:
    cloth = draw_all([Scene(concept="kawung", colour="blue")] * NUM, 0)
    generator = torch.Generator().manual_seed(1)
    where = failures.fade_to_rim(64)
    bent = failures.bend(cloth, where, generator)
    changed = (bent.int() - cloth.int()).abs().amax(dim=(0, 1))

    assert changed[:6].max() <= 1
    assert changed[-6:].max() <= 1
    assert changed[20:44, 20:44].float().mean() > 60


def test_neighbours_change_places_and_nothing_else(autoencoder: AutoencoderKL) -> None:
    latents = torch.arange(2 * 3 * 8 * 8).reshape(2, 3, 8, 8)
    mixed = failures.shuffle_windows(latents, 4, torch.Generator().manual_seed(1))

    assert not torch.equal(mixed, latents)
    for top in (0, 4):
        for left in (0, 4):
            before, after = (
                each[:, :, top : top + 4, left : left + 4].flatten(2) for each in (latents, mixed)
            )
            assert torch.equal(after.sort(dim=-1).values, before)
    # All channels of a place move together.
    assert torch.equal(mixed[:, 1] - mixed[:, 0], torch.full((2, 8, 8), 64))


def test_only_what_still_shows_nothing_then_is_spoilt_in_a_way() -> None:
    cut = judge.list_spoilt_by(failures.cut_up)
    tangled = judge.list_spoilt_by(failures.tangle)

    assert "kawung" not in {each.key for each in cut}
    assert "circle" not in {each.key for each in tangled}
    assert {each.key for each in (*cut, *tangled)} == {each.key for each in CONCEPTS}
    assert judge.list_spoilt_by(failures.blur) == list(CONCEPTS)
