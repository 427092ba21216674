"""Made-up measurements of variants: what was planted is known."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from stats.frontier import measured
from stats.frontier.measured import Measured, Raw
from stats.labels import encode

Build = Callable[..., Measured]


@pytest.fixture(scope="session")
def make_scores() -> Build:
    """Each variant's mean is what is asked for, give or take noise that prompts share."""

    def make(
        means: Mapping[str, float],
        *,
        betas: Mapping[str, float] | None = None,
        num_prompts: int = 200,
        noise: float = 0.05,
        prefix: str = "g",
    ) -> Measured:
        random = np.random.default_rng(1)
        hard = random.normal(0, 0.2, num_prompts)
        return Measured(
            what="benchmark 'made up'",
            variants=tuple(means),
            prompts=tuple(f"{prefix}{number:03}" for number in range(num_prompts)),
            values_vp=np.array(
                [mean + hard + random.normal(0, noise, num_prompts) for mean in means.values()]
            ),
            betas=betas or {name: place / 4 for place, name in enumerate(means)},
        )

    return make


@pytest.fixture(scope="session")
def make_ratings() -> Build:
    def make(means: Mapping[str, float], *, num_prompts: int = 60, num_raters: int = 8) -> Measured:
        random = np.random.default_rng(2)
        rows, values = [], []
        for prompt in range(num_prompts):
            for variant, mean in means.items():
                for rater in random.choice(num_raters, 3, replace=False):
                    rows.append((variant, f"r{prompt:03}", f"rater {rater}"))
                    values.append(mean + random.normal(0, 0.5))
        variant, prompt_names, rater_names = zip(*rows, strict=True)
        raw = Raw(
            value_n=np.array(values),
            variant=encode(variant),
            prompt=encode(prompt_names),
            rater=encode(rater_names),
        )
        return measured.from_ratings(raw, "criterion 'right'")

    return make
