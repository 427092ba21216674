"""How much of what prompts ask for is in a pipeline's pictures, by the judge: DSG's way, in which
what depends on something that is not there is not there either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import (
    StableDiffusionXLPipeline,
)
from PIL import Image

from ml.benchmarks.judges.attributes import Config
from ml.progress import Progress, Silent
from sandbox.models.pipeline import GUIDANCE, SIDE, STEPS
from sandbox.world import questions
from sandbox.world.prompts import Prompt
from stats.effects import wilson

_RESAMPLES = 2000


@dataclass(frozen=True)
class Share:
    """A mean over prompts with its 95 % interval: by bootstrap, or Wilson's where all are alike."""

    value: float
    low: float
    high: float
    num_answers: int

    def to_json(self) -> dict[str, float]:
        return {
            "value": round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "num_answers": self.num_answers,
        }


class Describes(Protocol):
    """What a judge does here: see ml.benchmarks.judges.attributes.AttributesJudge."""

    config: Config

    def describe(self, picture: Image.Image) -> dict[str, str]: ...


def generate(
    pipeline: StableDiffusionXLPipeline,
    prompts: Sequence[Prompt],
    seeds: Sequence[int],
    *,
    batch: int = 32,
    steps: int = STEPS,
) -> Iterator[tuple[Prompt, int, Image.Image]]:
    """A picture of each prompt for each seed, from noise that only the seed decides."""
    plan = [(prompt, seed) for prompt in prompts for seed in seeds]
    for start in range(0, len(plan), batch):
        part = plan[start : start + batch]
        pictures = pipeline(
            [prompt.text for prompt, _ in part],
            height=SIDE,
            width=SIDE,
            num_inference_steps=steps,
            guidance_scale=GUIDANCE,
            generator=[torch.Generator().manual_seed(seed) for _, seed in part],
        ).images
        yield from ((*each, picture) for each, picture in zip(part, pictures, strict=True))


def measure(
    pipeline: StableDiffusionXLPipeline,
    judge: Describes,
    prompts: Sequence[Prompt],
    seeds: Sequence[int],
    *,
    progress: Progress | None = None,
) -> Share:
    progress = progress or Silent()
    scores: dict[str, list[float]] = {prompt.key: [] for prompt in prompts}
    num_answers = 0
    for done, (prompt, _seed, picture) in enumerate(generate(pipeline, prompts, seeds), 1):
        progress.check()
        answers = answer(judge, prompt, picture)
        num_answers += len(answers)
        scores[prompt.key].append(sum(answers) / len(answers))
        progress.update(done, len(prompts) * len(seeds), unit="pictures")
    return _summarise([float(np.mean(each)) for each in scores.values()], num_answers)


def answer(judge: Describes, prompt: Prompt, picture: Image.Image) -> list[bool]:
    """One for each question of the prompt's scene, dependencies honoured."""
    seen = judge.describe(picture)
    answers: dict[str, bool] = {"0": True}
    for row in questions.questions(prompt.scene):
        wanted = judge.config.look_up(row.question_natural_language)
        is_so = wanted is not None and seen[wanted[0]] == wanted[1]
        answers[str(row.proposition_id)] = is_so and answers[row.dependency]
    del answers["0"]
    return list(answers.values())


def _summarise(values: Sequence[float], num_answers: int) -> Share:
    found = np.asarray(values)
    drawn = np.random.default_rng(0).integers(len(found), size=(_RESAMPLES, len(found)))
    low, high = np.quantile(found[drawn].mean(axis=1), [0.025, 0.975])
    if set(values) <= {0.0} or set(values) <= {1.0}:
        # Where all prompts are alike, drawing them again knows no spread.
        low, high = wilson.compute_interval(round(sum(values)), len(values))
    return Share(float(found.mean()), float(low), float(high), num_answers)
