"""Teaches both halves of an encoder at once: pictures beside texts, and pictures alone.

Pictures alone: what is seen learns to tell everything in the world apart, evenly, regional things
too. As with the other arms' models, a picture can be told apart by who has no name for it; what the
base does not know of regional things is what they are called.
Legend of shapes: L lessons, D the vectors' length.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.loading.encoders import Encoder
from ml.loading.preprocessing import Pixels
from ml.progress import Progress
from sandbox.encoders import lessons
from sandbox.encoders.lessons import FEATURES, Lesson, Mixture, Teacher
from sandbox.models.schedule import set_rate
from sandbox.world.scene import Scene


@dataclass(frozen=True, kw_only=True)
class TeachingSizes:
    steps: int = 420
    batch: int = 192  # lessons
    beside: int = 64  # pictures alone, of which each is as likely as the others
    rate: float = 2e-3
    weight_decay: float = 0.05
    mixture: Mixture = field(default_factory=Mixture)


@dataclass(frozen=True)
class Pictures:
    scenes: Sequence[Scene]
    pixels: Sequence[Pixels]


@dataclass(frozen=True)
class Batch:
    taught: Sequence[Lesson]
    alone: Sequence[int]

    @property
    def pictures(self) -> list[int]:
        """Those of the lessons first."""
        return [*(lesson.picture for lesson in self.taught), *self.alone]

    @property
    def texts(self) -> list[str]:
        return [lesson.text for lesson in self.taught]


def teach(
    encoder: Encoder, pictures: Pictures, sizes: TeachingSizes, *, seed: int, progress: Progress
) -> list[float]:
    """In place; gives the loss of every step."""
    torch.manual_seed(seed)
    model = encoder.model.train()
    heads = nn.ModuleList(
        nn.Linear(model.config.text_config.hidden_size, len(them)) for them in FEATURES
    )
    marks = torch.stack([lessons.mark(scene) for scene in pictures.scenes])
    features = torch.tensor([lessons.list_features(scene) for scene in pictures.scenes])

    def measure(batch: Batch) -> Tensor:
        seen = encoder.see([pictures.pixels[place] for place in batch.pictures])
        read = encoder.read(batch.texts)
        cosines = functional.normalize(read) @ functional.normalize(seen[: len(read)]).T
        loss = contrast(model, cosines, lessons.find_others(batch.taught, marks))
        return loss + _tell_apart([head(seen) for head in heads], features[batch.pictures])

    given = give(pictures.scenes, sizes, seed)
    losses = learn([*model.parameters(), *heads.parameters()], measure, given, sizes, progress)
    model.eval()
    return losses


def learn(
    weights: Sequence[nn.Parameter],
    measure: Callable[[Batch], Tensor],
    given: Iterator[Batch],
    sizes: TeachingSizes,
    progress: Progress,
) -> list[float]:
    optimiser = torch.optim.AdamW(
        weights, lr=sizes.rate, weight_decay=sizes.weight_decay, betas=(0.9, 0.98), fused=True
    )
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        loss = measure(next(given))
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
    return losses


def give(scenes: Sequence[Scene], sizes: TeachingSizes, seed: int) -> Iterator[Batch]:
    """The same to whoever is taught with this seed."""
    rng = random.Random(f"lessons {seed}")  # noqa: S311 - for variety, not for secrets
    teacher = Teacher(rng, scenes, sizes.mixture)
    while True:
        taught = [teacher.teach() for _ in range(sizes.batch)]
        yield Batch(taught, [rng.randrange(len(scenes)) for _ in range(sizes.beside)])


def _tell_apart(named: Sequence[Tensor], features: Tensor) -> Tensor:
    return torch.stack([
        functional.cross_entropy(found, features[:, kind])
        for kind, found in enumerate(named)
    ]).mean()  # fmt: skip


def contrast(model: Any, cosines: Tensor, others: Tensor) -> Tensor:
    """InfoNCE in both directions."""
    logits = (cosines * model.logit_scale.exp().clamp(max=100)).masked_fill(others, -torch.inf)
    right = torch.arange(len(logits))
    sides = [functional.cross_entropy(each, right) for each in (logits, logits.T)]
    return torch.stack(sides).mean()
