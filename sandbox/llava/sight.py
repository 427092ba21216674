"""The tower that sees, taught to tell everything of the world apart, evenly, before it has names.

As with the pipeline's autoencoder, a picture can be kept by who has no word for it: what the model
does not know of regional things is what they are called and what is known of them.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional
from transformers import LlavaForConditionalGeneration

from ml.progress import Progress, Silent
from sandbox.models.pictures import to_tensor
from sandbox.models.schedule import set_rate
from sandbox.world.concepts import CONCEPTS
from sandbox.world.scene import BACKGROUNDS, COLOURS, COUNTS, Scene


@dataclass(frozen=True, kw_only=True)
class SightSizes:
    steps: int = 1000
    batch: int = 64
    rate: float = 1e-3


def train_tower(
    model: LlavaForConditionalGeneration,
    pixels: torch.Tensor,
    scenes: list[Scene],
    sizes: SightSizes,
    *,
    seed: int,
    progress: Progress | None = None,
) -> list[float]:
    """In place; gives the loss of every step."""
    progress = progress or Silent()
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    tower = model.model.vision_tower
    classes = torch.tensor([list_classes(scene) for scene in scenes])
    heads = nn.ModuleList(nn.Linear(tower.config.hidden_size, num) for num in NUM_CLASSES)
    optimiser = torch.optim.AdamW(
        [*tower.parameters(), *heads.parameters()], lr=sizes.rate, weight_decay=0.05, fused=True
    )
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        chosen = torch.randint(len(pixels), (sizes.batch,), generator=generator)
        seen = tower(to_tensor(pixels[chosen])).last_hidden_state[:, 1:].mean(1)
        loss = torch.stack([
            functional.cross_entropy(head(seen), classes[chosen, place])
            for place, head in enumerate(heads)
        ]).sum()  # fmt: skip
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
    return losses


NUM_CLASSES = (len(CONCEPTS), len(COLOURS), len(BACKGROUNDS), len(COUNTS))
_CONCEPT_KEYS = [each.key for each in CONCEPTS]


def list_classes(scene: Scene) -> tuple[int, ...]:
    return (
        _CONCEPT_KEYS.index(scene.concept),
        list(COLOURS).index(scene.colour),
        list(BACKGROUNDS).index(scene.background),
        COUNTS.index(scene.count),
    )
