"""The judge of the sandbox, trained on drawings whose attributes are known.

Half of what it sees went through the autoencoder, as everything that a model makes did. So that a
failed picture is not taken for a thing, it also learns what shows nothing: see failures.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch.nn import functional

from ml.benchmarks.judges.attributes import OTHER, Config, Network, Wording
from ml.progress import Progress, Silent
from sandbox.models import autoencoder as ae
from sandbox.models import failures
from sandbox.models.lessons import draw_all
from sandbox.models.pictures import to_tensor
from sandbox.models.schedule import Average, set_rate
from sandbox.world import questions
from sandbox.world.concepts import CONCEPTS, Concept
from sandbox.world.scene import BACKGROUNDS, COLOURS, COUNTS, PLACES, SIDE, SIZES, Scene, sample

_UNKNOWN = -100  # what the loss passes over
HEADS: Mapping[str, tuple[str, ...]] = {
    "concept": (*(concept.key for concept in CONCEPTS), OTHER),
    "colour": (*COLOURS, OTHER),
    "background": (*BACKGROUNDS, OTHER),
    "count": (*map(str, COUNTS), OTHER),
    "size": (*SIZES, OTHER),
    "place": (*PLACES, OTHER),
}


@dataclass(frozen=True, kw_only=True)
class JudgeSizes:
    pictures: int = 16_000
    decoded: int = 6_000  # how many of them went through the autoencoder
    garbage: int = 7_000
    steps: int = 2000
    batch: int = 64
    rate: float = 2e-3
    channels: tuple[int, ...] = (24, 48, 96, 128)
    width: int = 128


@dataclass(frozen=True)
class Labelled:
    pixels: torch.Tensor  # uint8 BCHW
    classes: torch.Tensor  # B x heads; _UNKNOWN where nothing can be said


def make_config(sizes: JudgeSizes) -> Config:
    return Config(
        side=SIDE,
        channels=sizes.channels,
        width=sizes.width,
        heads=HEADS,
        wordings=(
            # Whatever colour it asks for: the colours of things are another head's.
            Wording(head="background", pattern=r"is the background (?P<phrase>.+)\?"),
            *(Wording(head=head, pattern=pattern) for head, pattern in questions.TEMPLATES),
        ),
        phrases={
            head: {phrase.lower(): name for phrase, name in phrases.items()}
            for head, phrases in questions.phrases().items()
        },
    )


def train_judge(
    autoencoder: AutoencoderKL, sizes: JudgeSizes, *, seed: int, progress: Progress | None = None
) -> tuple[Config, Network, list[float]]:
    progress = progress or Silent()
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    config = make_config(sizes)
    network = Network(config)
    lessons = make_lessons(autoencoder, sizes, seed=seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=sizes.rate, weight_decay=0.05)
    average = Average(network, decay=0.99)
    losses = []
    for step in range(sizes.steps):
        progress.check()
        set_rate(optimiser, sizes.rate, step, sizes.steps)
        chosen = torch.randint(len(lessons.pixels), (sizes.batch,), generator=generator)
        seen = disturb(to_tensor(lessons.pixels[chosen]), generator)
        loss = _loss(network(seen), lessons.classes[chosen])
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        average.update(step)
        losses.append(loss.item())
        progress.update(step + 1, sizes.steps, unit="steps", metrics={"loss": losses[-1]})
    average.copy_to_weights()
    network.eval().requires_grad_(requires_grad=False)
    return config, network, losses


def make_lessons(autoencoder: AutoencoderKL, sizes: JudgeSizes, *, seed: int) -> Labelled:
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    scenes = [sample(rng) for _ in range(sizes.pictures)]
    pixels = draw_all(scenes, seed)
    if sizes.decoded:
        some = pixels[: sizes.decoded]
        pixels[: sizes.decoded] = ae.decode(autoencoder, ae.encode(autoencoder, some))
    sound = Labelled(pixels, torch.tensor([classify(scene) for scene in scenes]))
    if not sizes.garbage:
        return sound
    broken = make_garbage(autoencoder, sizes.garbage, seed=seed + 1)
    return Labelled(
        torch.cat([sound.pixels, broken.pixels]), torch.cat([sound.classes, broken.classes])
    )


def classify(scene: Scene) -> list[int]:
    label = questions.label(scene)
    return [classes.index(label[head]) for head, classes in HEADS.items()]


def make_garbage(autoencoder: AutoencoderKL, num: int, *, seed: int) -> Labelled:
    """Each kind in turn. Whatever there may still be of a colour or a place is left open; that no
    thing is there is certain.
    """
    rng = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.arange(num) % len(failures.KINDS)
    scenes = [sample(rng, list_spoilt_by(failures.KINDS[kind])) for kind in kinds.tolist()]
    others = [_swap(scene, rng) for scene in scenes]
    one, two = draw_all(scenes, seed), draw_all(others, seed)
    pixels = failures.spoil(autoencoder, one, two, kinds, generator)
    classes = torch.full((num, len(HEADS)), _UNKNOWN)
    classes[:, 0] = len(HEADS["concept"]) - 1
    nothing = torch.tensor([len(names) - 1 for names in HEADS.values()])
    classes[kinds == failures.KINDS.index(failures.imagine)] = nothing
    return Labelled(pixels, classes)


def list_spoilt_by(failure: Callable[[failures.Material], torch.Tensor]) -> list[Concept]:
    """A cloth that is cut up is still a cloth, its pattern is the same everywhere; and a circle
    that is bent within is still a circle.
    """
    if failure is failures.cut_up:
        return [concept for concept in CONCEPTS if concept.is_small_too]
    if failure is failures.tangle:
        return [concept for concept in CONCEPTS if not concept.is_small_too]
    return list(CONCEPTS)


def disturb(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A little noise, a little softness, a shift by a pixel, brightness: each now and then."""
    num = len(pictures)
    chance = torch.rand((num, 3), generator=generator)
    noise = torch.randn(pictures.shape, generator=generator)
    strength = (chance[:, 0] < 0.5).float() * 0.15 * torch.rand(num, generator=generator)  # noqa: PLR2004 - half of them
    soft = functional.avg_pool2d(
        functional.pad(pictures, (1, 1, 1, 1), mode="replicate"), 3, stride=1
    )
    share = (chance[:, 1] < 0.4).float() * torch.rand(num, generator=generator)  # noqa: PLR2004 - some
    seen = torch.lerp(pictures, soft, share[:, None, None, None])
    shift = torch.randint(-2, 3, (2,), generator=generator).tolist()
    seen = functional.pad(seen, (2, 2, 2, 2), mode="replicate")
    side = pictures.shape[-1]
    seen = seen[..., 2 + shift[0] : 2 + shift[0] + side, 2 + shift[1] : 2 + shift[1] + side]
    bright = 0.06 * torch.randn((num, 1, 1, 1), generator=generator)
    return (seen + bright + strength[:, None, None, None] * noise).clamp(-1, 1)


@torch.no_grad()
def measure(network: Network, lessons: Labelled, batch: int = 256) -> dict[str, float]:
    """How often each head names the right class, where there is one."""
    found: dict[str, list[torch.Tensor]] = {head: [] for head in HEADS}
    for part in torch.split(lessons.pixels, batch):
        for head, scores in network(to_tensor(part)).items():
            found[head].append(scores.argmax(dim=-1))
    shares = {}
    for column, head in enumerate(HEADS):
        right = lessons.classes[:, column]
        known = right != _UNKNOWN
        if known.any():
            shares[head] = float((torch.cat(found[head]) == right)[known].float().mean())
    return shares


def _loss(scores: Mapping[str, torch.Tensor], classes: torch.Tensor) -> torch.Tensor:
    return torch.stack(
        [
            functional.cross_entropy(
                scores[head],
                classes[:, column],
                ignore_index=_UNKNOWN,
                label_smoothing=0.02,
                reduction="sum",
            )
            for column, head in enumerate(HEADS)
        ]
    ).sum() / len(classes)


def _swap(scene: Scene, rng: random.Random) -> Scene:
    """Another thing in the same colour and place: half of each is neither."""
    alike: list[Concept] = [
        each
        for each in CONCEPTS
        if each.key != scene.concept and each.is_small_too >= scene.thing.is_small_too
    ]
    return replace(scene, concept=rng.choice(alike).key)
