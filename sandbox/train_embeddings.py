"""Makes the model of the embeddings arm, from nothing: a tiny CLIP, and what it measures.

It is budgeted by steps and never by time, and repeats bit for bit at one thread count on one kind
of processor.
"""

import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ml import progress as progressing
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress
from sandbox import publishing
from sandbox.encoders import model, teaching
from sandbox.encoders.model import ModelSizes
from sandbox.encoders.teaching import Pictures, TeachingSizes
from sandbox.world import captions, scene
from sandbox.world.concepts import LANGUAGES, list_concepts
from sandbox.world.prompts import SCOPES
from sandbox.world.scene import Scene, list_scenes
from stats.effects import wilson

BASE = "clip"
_AT_ONCE = 256
_FAR = 900_000  # seeds of drawings to measure on, far from those to learn from


@dataclass(frozen=True, kw_only=True)
class Sizes:
    drawings: int = 6000
    model: ModelSizes = field(default_factory=ModelSizes)
    teaching: TeachingSizes = field(default_factory=TeachingSizes)
    held_back: int = 20  # drawings of each thing that the model is measured on


FULL = Sizes()
# The same code in a minute: what comes out is no use, but everything has run.
SMALL = Sizes(
    drawings=100,
    model=ModelSizes(width=32, layers=2),
    teaching=TeachingSizes(steps=5, batch=32, beside=8),
    held_back=2,
)


def train(
    folder: Path, *, sizes: Sizes = FULL, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Writes clip/ and metrics.json below `folder`, once both are made, in the place of those that
    were there; gives the metrics.
    """
    progress = progress or progressing.Silent()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=folder) as name:
        part = Path(name)
        loss = make_base(part / BASE, sizes, seed=seed, progress=progress)
        progress.update(0, message="Measuring")
        metrics = publishing.write_metrics(part, describe(part / BASE, sizes, loss, seed=seed))
        publishing.replace(part, folder, (BASE,))
    return metrics


def make_base(folder: Path, sizes: Sizes, *, seed: int, progress: Progress) -> list[float]:
    progress.update(0, message="Teaching pictures and texts")
    encoder = encoders.open_encoder(model.write(folder, sizes.model, seed=seed))
    scenes = _draw_scenes(sizes.drawings, seed)
    pictures = Pictures(scenes, _prepare(encoder, scenes, first_seed=seed))
    losses = teaching.teach(encoder, pictures, sizes.teaching, seed=seed, progress=progress)
    model.save_weights(encoder.model, folder)
    return losses


def describe(folder: Path, sizes: Sizes, losses: Sequence[float], *, seed: int) -> dict[str, Any]:
    last = losses[-50:]
    return {
        "base": measure(folder, num=sizes.held_back, seed=seed),
        "size_bytes": publishing.measure_size(folder),
        "loss": round(sum(last) / len(last), 5),
        "seed": seed,
        "sizes": asdict(sizes),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def _draw_scenes(num: int, seed: int) -> list[Scene]:
    """Everything that the world holds, evenly."""
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    return [scene.sample(rng) for _ in range(num)]


def _prepare(encoder: Encoder, scenes: Sequence[Scene], *, first_seed: int) -> list[Any]:
    return [
        encoder.prepare(scene.draw(each, first_seed + number)) for number, each in enumerate(scenes)
    ]


def measure(folder: Path, *, num: int, seed: int) -> dict[str, Any]:
    """On drawings that it has not seen, by scope and language: how many captions find their own
    picture first, among all of the scope.
    """
    encoder = encoders.open_encoder(folder, batch_size=_AT_ONCE)
    found = {}
    for scope in SCOPES:
        rng = random.Random(f"exam {seed}")  # noqa: S311 - for variety, not for secrets
        scenes = [
            each
            for concept in list_concepts(scope)
            for each in rng.sample(list_scenes([concept]), num)
        ]
        pictures = encoder.embed_pixels(_prepare(encoder, scenes, first_seed=_FAR + seed))
        for language in LANGUAGES:
            texts = encoder.embed_texts(
                [captions.caption(each, language, seed=at) for at, each in enumerate(scenes)]
            )
            found[f"{scope}, {language}"] = _count_first(texts @ pictures.T)
    return found


def _count_first(similarities: Any) -> dict[str, float]:
    """Another picture that is as near stands before. Wilson's interval of 95 %."""
    own = np.diag(similarities)[:, None]
    num_first = int(((similarities >= own).sum(axis=1) == 1).sum())
    low, high = wilson.compute_interval(num_first, len(similarities))
    return {
        "value": round(num_first / len(similarities), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "num_captions": len(similarities),
    }


def tell(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """For people: which captions, and the share that finds its own picture first."""
    return {f"base, {name}": share for name, share in metrics["base"].items()}
