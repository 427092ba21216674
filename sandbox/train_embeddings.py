"""Makes the models of the embeddings arm: a tiny CLIP, from nothing, a tiny SigLIP2, which learns
from it, and what they measure.

Both are budgeted by steps and never by time, and repeat bit for bit at one thread count on one kind
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
from sandbox.encoders import copying, model, teaching
from sandbox.encoders.model import FAMILIES, Family, ModelSizes
from sandbox.encoders.teaching import Pictures, TeachingSizes
from sandbox.world import captions, scene
from sandbox.world.concepts import LANGUAGES, list_concepts
from sandbox.world.prompts import SCOPES
from sandbox.world.scene import Scene, list_scenes
from stats.effects import wilson

_AT_ONCE = 256
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
    """Writes clip/, siglip2/ and metrics.json below `folder`, once all are made, in the place of
    those that were there; gives the metrics.
    """
    progress = progress or progressing.Silent()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".part", dir=folder) as name:
        part = Path(name)
        losses: dict[Family, list[float]] = {}
        losses["clip"] = make_clip(part / "clip", sizes, seed=seed, progress=progress)
        losses["siglip2"] = make_siglip2(
            part / "siglip2", part / "clip", sizes, seed=seed, progress=progress
        )
        progress.update(0, message="Measuring")
        metrics = publishing.write_metrics(part, describe(part, sizes, losses, seed=seed))
        publishing.replace(part, folder, FAMILIES)
    return metrics


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


def describe(
    folder: Path, sizes: Sizes, losses: Mapping[Family, Sequence[float]], *, seed: int
) -> dict[str, Any]:
    made: dict[str, Any] = {
        family: describe_one(folder / family, sizes, losses[family], seed=seed)
        for family in FAMILIES
    }
    return {
        **made,
        "seed": seed,
        "sizes": asdict(sizes),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }


def describe_one(
    folder: Path, sizes: Sizes, losses: Sequence[float], *, seed: int
) -> dict[str, Any]:
    last = losses[-50:]
    return {
        "base": measure(folder, num=sizes.held_back, seed=seed),
        "size_bytes": publishing.measure_size(folder),
        "loss": round(sum(last) / len(last), 5),
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
    """For people: which model and captions, and the share that finds its own picture first."""
    return {
        f"{family}, {name}": share
        for family in FAMILIES
        for name, share in metrics[family]["base"].items()
    }
