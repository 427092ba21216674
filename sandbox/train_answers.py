"""Makes the model of the answers arm, from nothing: a tiny LLaVA, and what it measures.

Stage by stage: the tower that sees, reading, questions. Each has its own seed, is budgeted by steps
and never by time, and repeats bit for bit at one thread count on one kind of processor.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from transformers import LlavaForConditionalGeneration

from ml import files
from ml import progress as progressing
from ml.devices import Computing
from ml.loading.families import registry
from ml.loading.speaking.speaker import Speaker
from ml.progress import Progress
from sandbox import figures, publishing
from sandbox.llava import exam, model, sight, speaking, vocabulary
from sandbox.llava.lessons import Mixture
from sandbox.llava.model import ModelSizes
from sandbox.llava.sight import SightSizes
from sandbox.llava.speaking import READING, Pictures, SpeakingSizes
from sandbox.models import lessons as drawing
from sandbox.world.scene import Scene, sample
from specs.families.llava import Llava

BASE = "base"


@dataclass(frozen=True, kw_only=True)
class Sizes:
    drawings: int = 6000
    model: ModelSizes = field(default_factory=ModelSizes)
    sight: SightSizes = field(default_factory=SightSizes)
    reading: SpeakingSizes = field(
        default_factory=lambda: SpeakingSizes(steps=300, mixture=READING)
    )
    speaking: SpeakingSizes = field(
        default_factory=lambda: SpeakingSizes(steps=1500, mixture=Mixture())
    )
    held_back: int = 600  # drawings that the model is measured on


FULL = Sizes()
# The same code in a minute: what comes out is no use, but everything has run.
SMALL = Sizes(
    drawings=200,
    model=ModelSizes(sight_width=32, sight_layers=1, width=32, inner=64, layers=2),
    sight=SightSizes(steps=20, batch=16),
    reading=SpeakingSizes(steps=20, mixture=READING, batch=16),
    speaking=SpeakingSizes(steps=20, mixture=Mixture(), batch=16),
    held_back=40,
)


def train(
    folder: Path, *, sizes: Sizes = FULL, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Writes base/ and metrics.json below `folder`; gives the metrics."""
    hears = progress or progressing.Silent()
    return publishing.make_anew(
        folder, (BASE,), lambda part: _make(part, sizes, seed=seed, progress=hears)
    )


def _make(folder: Path, sizes: Sizes, *, seed: int, progress: Progress) -> dict[str, Any]:
    loss = make_base(folder / BASE, sizes, seed=seed, progress=progress)
    progress.update(0, message="Measuring")
    return {
        "base": measure(folder / BASE, num=sizes.held_back, seed=seed + 1000),
        "size_bytes": files.measure_size(folder / BASE),
        "loss": {name: figures.average_end(losses) for name, losses in loss.items()},
        **figures.describe_run(asdict(sizes), seed=seed),
    }


def make_base(
    folder: Path, sizes: Sizes, *, seed: int, progress: Progress
) -> dict[str, list[float]]:
    scenes, pixels = draw(sizes.drawings, seed)
    tokenizer = vocabulary.make_tokenizer()
    base = model.build(tokenizer, sizes.model, seed=seed)
    speaker = prepare(base)
    progress.update(0, message="Training the tower that sees")
    seeing = sight.train_tower(base, pixels, scenes, sizes.sight, seed=seed, progress=progress)
    progress.update(0, message="Teaching to read")
    reading = speaking.train_speech(
        base, speaker, Pictures(scenes), sizes.reading, seed=seed, progress=progress
    )
    progress.update(0, message="Teaching to answer")
    pictures = Pictures.look(base, scenes, pixels)
    answering = speaking.train_speech(
        base, speaker, pictures, sizes.speaking, seed=seed + 1, progress=progress
    )
    model.save(base, tokenizer, folder)
    return {"sight": seeing, "reading": reading, "speaking": answering}


def draw(num: int, seed: int) -> tuple[list[Scene], torch.Tensor]:
    """Everything that the world holds, evenly."""
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    scenes = [sample(rng) for _ in range(num)]
    return scenes, drawing.draw_all(scenes, seed)


def prepare(base: LlavaForConditionalGeneration) -> Speaker:
    """What turns questions into tokens, before there is a folder."""
    processor = model.make_processor(vocabulary.make_tokenizer())
    return Speaker(
        family=Llava(), processor=processor, config=base.config, folder=Path(BASE), digest=""
    )


def measure(folder: Path, *, num: int, seed: int) -> dict[str, Any]:
    """Of what lies in the folder, in half precision as it is shipped, on drawings that it has not
    seen: open questions, alone and with the world's own passages.
    """
    speaker = registry.load(folder, Computing("cpu", "fp32", torch.get_num_threads()))
    scenes, pixels = draw(num, seed)
    pictures = Pictures.look(speaker.model, scenes, pixels)
    return {
        name: _summarise(speaking.count_right(speaker.model, speaker, pictures, lessons))
        for name, lessons in exam.list_lessons(scenes, seed)
    }


def _summarise(answers: Sequence[bool]) -> dict[str, float]:
    return figures.measure_share(sum(answers), len(answers), counted="num_answers")


def tell(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """For people: what was asked, and the share of right answers."""
    return {f"base, {name}": share for name, share in metrics["base"].items()}
