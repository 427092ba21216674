"""What will be made, as values: it can be shown, stored and tested without a model.

Batches are cut from the whole plan, prompts by seeds, and never from what remains of it: the last
bits of a picture depend on the pictures beside it, so a run that goes on later cuts the same ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from ml.generation.problems import CannotGenerate
from ml.loading.prompts import Prompt

_LONGEST_NAME = 60
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Variant:
    name: str
    beta: float | None  # None: the model as it is, not a sweep


@dataclass(frozen=True)
class Shot:
    """One picture of every variant."""

    number: int
    prompt: Prompt
    seed: int
    file: str  # its name in the folder of a variant


@dataclass(frozen=True)
class Batch:
    index: int
    shots: tuple[Shot, ...]


@dataclass(frozen=True)
class Plan:
    variants: tuple[Variant, ...]
    batches: tuple[Batch, ...]
    batch_size: int

    @property
    def shots(self) -> tuple[Shot, ...]:
        return tuple(shot for batch in self.batches for shot in batch.shots)

    @property
    def num_images(self) -> int:
        return len(self.variants) * len(self.shots)


def make(
    prompts: Sequence[Prompt],
    *,
    seeds: Sequence[int],
    betas: Sequence[float] = (),
    batch_size: int,
) -> Plan:
    """All seeds of a prompt, then the next prompt. Without betas, the model is the one variant."""
    pairs = list(product(prompts, seeds))
    digits = len(str(len(pairs) - 1))
    shots = [
        Shot(number, prompt, seed, f"{number:0{digits}d}-{_shorten(prompt.key)}-{seed}.png")
        for number, (prompt, seed) in enumerate(pairs)
    ]
    batches = tuple(
        Batch(index, tuple(shots[start : start + batch_size]))
        for index, start in enumerate(range(0, len(shots), batch_size))
    )
    variants = tuple(Variant(name_beta(beta), beta) for beta in betas)
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise CannotGenerate(f"Two betas would both be called '{twice}'.")
    return Plan(variants or (Variant("model", None),), batches, batch_size)


def name_beta(beta: float) -> str:
    return f"beta-{beta + 0.0:g}"  # which makes 0 of -0


def choose_for_sheet(prompts: Sequence[Prompt], num_prompts: int) -> list[Prompt]:
    """Some of every scope and stratum, in turns, in the order of the file."""
    groups: dict[tuple[str | None, str | None], list[int]] = {}
    for number, prompt in enumerate(prompts):
        groups.setdefault((prompt.scope, prompt.stratum), []).append(number)
    ranked = sorted(
        (turn, number) for numbers in groups.values() for turn, number in enumerate(numbers)
    )
    return [prompts[number] for number in sorted(number for _, number in ranked[:num_prompts])]


def _shorten(key: str) -> str:
    """The number before it keeps file names apart; this lets a person recognise them."""
    return _NOT_PLAIN.sub("-", key)[:_LONGEST_NAME].strip("-") or "prompt"
