"""Makes the models of the embeddings arm: a tiny CLIP, from nothing, a tiny SigLIP2, which learns
from it, and what they measure.

Both are budgeted by steps and never by time, and repeat bit for bit at one thread count on one kind
of processor.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ml import files
from ml import progress as progressing
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.progress import Progress
from sandbox import figures, publishing
from sandbox.encoders import copying, model, teaching
from sandbox.encoders.model import FAMILIES, Family, ModelSizes
from sandbox.encoders.teaching import Pictures, TeachingSizes
from sandbox.world import captions, scene
from sandbox.world.concepts import LANGUAGES, list_concepts
from sandbox.world.prompts import SCOPES
from sandbox.world.scene import Scene, list_scenes

_AT_ONCE = 256
_LAST = 50  # losses: the shipped metrics.json has the mean of so many
_FAR = 900_000  # seeds of drawings to measure on, far from those to learn from


@dataclass(frozen=True, kw_only=True)
class Sizes:
    drawings: int = 6000
    model: ModelSizes = field(default_factory=ModelSizes)
    teaching: TeachingSizes = field(default_factory=TeachingSizes)
    copying: TeachingSizes = field(
        default_factory=lambda: TeachingSizes(steps=600, batch=48, beside=32)
    )
    held_back: int = 20  # drawings of each thing that the models are measured on


FULL = Sizes()
# The same code in a minute: what comes out is no use, but everything has run.
SMALL = Sizes(
    drawings=100,
    model=ModelSizes(width=32, layers=2),
    teaching=TeachingSizes(steps=5, batch=32, beside=8),
    copying=TeachingSizes(steps=5, batch=32, beside=8),
    held_back=2,
)


def train(
    folder: Path, *, sizes: Sizes = FULL, seed: int = 1, progress: Progress | None = None
) -> dict[str, Any]:
    """Writes clip/, siglip2/ and metrics.json below `folder`; gives the metrics."""
    hears = progress or progressing.Silent()
    return publishing.make_anew(
        folder, FAMILIES, lambda part: _make(part, sizes, seed=seed, progress=hears)
    )


def _make(folder: Path, sizes: Sizes, *, seed: int, progress: Progress) -> dict[str, Any]:
    clip, siglip2 = folder / "clip", folder / "siglip2"
    losses: Mapping[Family, Sequence[float]] = {
        "clip": make_clip(clip, sizes, seed=seed, progress=progress),
        "siglip2": make_siglip2(siglip2, clip, sizes, seed=seed, progress=progress),
    }
    progress.update(0, message="Measuring")
    made: dict[str, Any] = {
        family: _describe(folder / family, sizes, losses[family], seed=seed) for family in FAMILIES
    }
    return {**made, **figures.describe_run(asdict(sizes), seed=seed)}


def make_clip(folder: Path, sizes: Sizes, *, seed: int, progress: Progress) -> list[float]:
    progress.update(0, message="Teaching pictures and texts")
    encoder = encoders.open_encoder(model.write(folder, "clip", sizes.model, seed=seed))
    pictures = _draw(encoder, sizes, seed)
    losses = teaching.teach(encoder, pictures, sizes.teaching, seed=seed, progress=progress)
    model.save_weights(encoder.model, folder)
    return losses


def make_siglip2(
    folder: Path, clip: Path, sizes: Sizes, *, seed: int, progress: Progress
) -> list[float]:
    """From the CLIP as it lies there, in half precision, and so the same whenever it is made."""
    progress.update(0, message="Teaching SigLIP2 by CLIP")
    encoder = encoders.open_encoder(model.write(folder, "siglip2", sizes.model, seed=seed))
    master = encoders.open_encoder(clip, batch_size=_AT_ONCE)
    pictures = _draw(encoder, sizes, seed)
    losses = copying.teach(encoder, master, pictures, sizes.copying, seed=seed, progress=progress)
    model.save_weights(encoder.model, folder)
    return losses


def _describe(folder: Path, sizes: Sizes, losses: Sequence[float], *, seed: int) -> dict[str, Any]:
    return {
        "base": measure(folder, num=sizes.held_back, seed=seed),
        "size_bytes": files.measure_size(folder),
        "loss": figures.average_end(losses, num=_LAST),
    }


def _draw(encoder: Encoder, sizes: Sizes, seed: int) -> Pictures:
    """Everything that the world holds, evenly."""
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    scenes = [scene.sample(rng) for _ in range(sizes.drawings)]
    return Pictures(scenes, _prepare(encoder, scenes, first_seed=seed))


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
    """Another picture that is as near stands before."""
    own = np.diag(similarities)[:, None]
    num_first = int(((similarities >= own).sum(axis=1) == 1).sum())
    return figures.measure_share(num_first, len(similarities), counted="num_captions")


def tell(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """For people: which model and captions, and the share that finds its own picture first."""
    return {
        f"{family}, {name}": share
        for family in FAMILIES
        for name, share in metrics[family]["base"].items()
    }
