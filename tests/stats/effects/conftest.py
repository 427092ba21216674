"""Made-up studies: every shape that ratings come in."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from stats.effects.ratings import Ratings
from stats.labels import encode

Make = Callable[..., Ratings]


@pytest.fixture(scope="session")
def make_study() -> Make:
    return _make_study


def _make_study(
    *,
    num_prompts: int = 20,
    num_raters: int = 6,
    arms: Sequence[str] = ("base", "tuned"),
    ratings_per_item: int = 3,
    effect: float = 0.5,
    seed: int = 0,
    groups: Sequence[str] = (),
) -> Ratings:
    """Three levels of a latent scale; each later arm is better by `effect`."""
    random = np.random.default_rng(seed)
    prompts, severity = random.normal(0, 0.6, num_prompts), random.normal(0, 0.4, num_raters)
    rows: list[tuple[str, str, str, str]] = []
    values = []
    for prompt in range(num_prompts):
        for place, arm in enumerate(arms):
            for rater in random.choice(num_raters, ratings_per_item, replace=False):
                latent = prompts[prompt] + severity[rater] + effect * place
                values.append(1.0 + np.digitize(latent + random.normal(0, 0.7), [-0.5, 0.5]))
                rows.append((f"{prompt}-{arm}", f"rater {rater}", arm, f"prompt {prompt:04}"))
    item, rater_names, arm_names, prompt_names = (
        list(column) for column in zip(*rows, strict=True)
    )
    labels = [groups[int(name[-4:]) % len(groups)] for name in prompt_names] if groups else []
    return Ratings(
        item=encode(item),
        rater=encode(rater_names),
        arm=encode(arm_names),
        prompt=encode(prompt_names),
        value_n=np.array(values),
        groups={"stratum": encode(labels)} if groups else {},
    )
