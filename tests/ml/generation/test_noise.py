"""Prompt and seed alone decide the noise."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from ml.generation import noise

SHAPE = (4, 16, 16)


def test_the_numbers_are_the_same_on_every_machine() -> None:
    assert noise.derive("a loaf of bread", 0) == 3560264151987172735
    assert noise.derive("a loaf of bread", 1) == 7990747261514439421
    first = noise.draw_latents([noise.make_generator("a loaf of bread", 0)], SHAPE)[0, 0, 0, :3]
    assert [round(float(value), 4) for value in first] == [-0.0109, 1.065, 2.0924]


@given(st.text(), st.text(), st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_another_text_or_another_seed_is_another_number(
    text: str, other: str, seed: int, another: int
) -> None:
    assert 0 <= noise.derive(text, seed) < 2**63
    assert (noise.derive(text, seed) == noise.derive(other, another)) == (
        (text, seed) == (other, another)
    )


def test_a_picture_starts_from_the_same_noise_in_any_company() -> None:
    def draw(*seeds: int) -> torch.Tensor:
        return noise.draw_latents([noise.make_generator("bread", seed) for seed in seeds], SHAPE)

    together = draw(0, 1, 2)
    for number in range(3):
        assert torch.equal(together[number : number + 1], draw(number))
    assert abs(float(together.mean())) < 0.1
    assert abs(float(together.std()) - 1) < 0.1
