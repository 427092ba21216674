"""The half that speaks, taught by questions: first to read, from contexts alone, then everything,
on pictures that the finished tower has looked at once.

Only the answer counts. Reading comes first because, among everything else, a model of this size
does not come to it in thousands of steps; alone it takes a hundred.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch.nn import functional
from transformers import LlavaForConditionalGeneration

from ml.loading.speaking import batches
from ml.loading.speaking.batches import IGNORED, Encoded
from ml.loading.speaking.speaker import Speaker
from ml.loading.speaking.turns import Turn
from ml.progress import Progress, Silent
from sandbox.llava.lessons import Lesson, Mixture, Teacher
from sandbox.llava.model import NUM_PATCHES
from sandbox.llava.vocabulary import IMAGE
from sandbox.models.pictures import to_tensor
from sandbox.models.schedule import set_rate
from sandbox.world.scene import Scene

_ANY = Image.new("RGB", (1, 1))
_AT_ONCE = 256
_AHEAD = 8  # batches that are filled with lessons of like length


@dataclass(frozen=True, kw_only=True)
class SpeakingSizes:
    steps: int
    mixture: Mixture
    batch: int = 64
    rate: float = 2e-3
    weight_decay: float = 0.05


READING = Mixture(regional=0, seen=0, shown=0, reading=1, useless=0)


@dataclass(frozen=True)
class Pictures:
    """What the tower sees of drawings: [N, patches, width]. None where nothing is shown."""

    scenes: Sequence[Scene]
    seen: torch.Tensor | None = None

    @classmethod
    @torch.no_grad()
    def look(
        cls, model: LlavaForConditionalGeneration, scenes: Sequence[Scene], pixels: torch.Tensor
    ) -> "Pictures":
        tower = model.model.vision_tower
        parts = [
            tower(to_tensor(part)).last_hidden_state[:, 1:] for part in torch.split(pixels, 256)
        ]
        return cls(scenes, torch.cat(parts))


@dataclass(frozen=True)
class Batch:
    input_ids: torch.Tensor  # [B, L], filled up on the right
    labels: torch.Tensor  # [B, L]
    seen: torch.Tensor | None  # [B, patches, width]


def train_speech(
    model: LlavaForConditionalGeneration,
    speaker: Speaker,
    pictures: Pictures,
    sizes: SpeakingSizes,
    *,
    seed: int,
    progress: Progress | None = None,
) -> list[float]:
    """In place; gives the loss of every step."""
    progress = progress or Silent()
    torch.manual_seed(seed)
    weights = [weight for name, weight in model.named_parameters() if "vision_tower" not in name]
    optimiser = torch.optim.AdamW(
        weights, lr=sizes.rate, weight_decay=sizes.weight_decay, betas=(0.9, 0.98), fused=True
    )
    given = _give(speaker, pictures, sizes, seed)
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        loss = _lose(model, next(given))
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
    return losses


def _give(speaker: Speaker, pictures: Pictures, sizes: SpeakingSizes, seed: int) -> Iterator[Batch]:
    """Lessons of like length side by side, batches in any order."""
    rng = random.Random(f"lessons {seed}")  # noqa: S311 - for variety, not for secrets
    teacher = Teacher(rng, pictures.scenes, sizes.mixture)
    while True:
        made = [teacher.teach() for _ in range(sizes.batch * _AHEAD)]
        made.sort(key=lambda lesson: len(lesson.text))
        parts = [made[start : start + sizes.batch] for start in range(0, len(made), sizes.batch)]
        rng.shuffle(parts)
        yield from (stack(speaker, pictures, part) for part in parts)


def stack(speaker: Speaker, pictures: Pictures, part: Sequence[Lesson]) -> Batch:
    is_shown = pictures.seen is not None
    taught = [
        speaker.teach(_encode(speaker, lesson, is_shown=is_shown), lesson.answer) for lesson in part
    ]
    stacked = batches.stack(taught, side="right", pad_id=speaker.pad_id)
    places = [lesson.picture for lesson in part]
    seen = None if pictures.seen is None else pictures.seen[places]
    return Batch(stacked["input_ids"], stacked["labels"], seen)


def _encode(speaker: Speaker, lesson: Lesson, *, is_shown: bool) -> Encoded:
    """As the processor would: a picture's mark stands once for each patch. Its pixels are not
    needed, because the tower has seen it.
    """
    text = speaker.write(Turn(text=lesson.text, picture=_ANY if is_shown else None))
    ids = speaker.tokenizer(text.replace(IMAGE, IMAGE * NUM_PATCHES))["input_ids"]
    return Encoded(sequences={"input_ids": torch.tensor(ids)})


def read(model: LlavaForConditionalGeneration, batch: Batch) -> torch.Tensor:
    """The state behind every token. Nothing looks ahead, so what fills up needs no mask."""
    net = model.model
    words = net.language_model.embed_tokens(batch.input_ids)
    if batch.seen is not None:
        seen = net.multi_modal_projector(batch.seen).to(words.dtype)
        is_patch = (batch.input_ids == model.config.image_token_id)[..., None]
        words = words.masked_scatter(is_patch, seen)
    states: torch.Tensor = net.language_model(inputs_embeds=words, use_cache=False)[0]
    return states


def _lose(model: LlavaForConditionalGeneration, batch: Batch) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        states = read(model, batch)[:, :-1]
        is_answer = batch.labels[:, 1:] != IGNORED
        found = model.lm_head(states[is_answer]).float()
    return functional.cross_entropy(found, batch.labels[:, 1:][is_answer])


@torch.no_grad()
def count_right(
    model: LlavaForConditionalGeneration, speaker: Speaker, pictures: Pictures, part: list[Lesson]
) -> list[bool]:
    """Which answers are said word for word, each word after the right ones before it."""
    found = []
    for start in range(0, len(part), _AT_ONCE):
        batch = stack(speaker, pictures, part[start : start + _AT_ONCE])
        said = model.lm_head(read(model, batch)[:, :-1]).argmax(-1)
        labels = batch.labels[:, 1:]
        found += ((said == labels) | (labels == IGNORED)).all(1).tolist()
    return found
