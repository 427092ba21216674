"""The encoder that is measured, and the second model of a sweep."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ml.benchmarks.problems import BenchmarkImpossible
from ml.datasets.problems import shown
from ml.loading import encoders, weights
from ml.loading.encoders import Encoder
from ml.loading.mixtures import adapters
from ml.loading.mixtures.sweep import LoraSweep, Sweep
from ml.loading.weights import Layout
from specs.embeddings.encoders import FAMILIES
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_merge import name_beta


@dataclass(frozen=True)
class Variant:
    name: str
    beta: float | None  # None: the model as it is, not a sweep


class Changing(Protocol):
    def set(self, beta: float) -> None:
        """Make the live weights those of this share of the regional model."""


def list_variants(spec: EmbeddingsScore, *, is_sweep: bool) -> list[Variant]:
    if is_sweep and not spec.betas:
        raise BenchmarkImpossible("A sweep needs betas: name the shares of the regional model.")
    if spec.betas and not is_sweep:
        raise BenchmarkImpossible("Betas need a second model to merge with, and none was given.")
    found = [Variant(name_beta(beta), beta) for beta in spec.betas]
    names = [variant.name for variant in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BenchmarkImpossible(f"Two betas would both be called '{twice}'.")
    return found or [Variant("model", None)]


def look_at(base: Path, tuned: Path | None) -> Layout | None:
    """Of the regional model. Everything that can be refused before anything is loaded."""
    family = encoders.find_family(base)
    if tuned is None:
        return None
    layout = weights.check(tuned)
    if layout.kind == "lora":
        if layout.files[0].name != adapters.FILE:
            raise BenchmarkImpossible(
                f"'{shown(tuned.name)}' is a LoRA of a diffusion pipeline, not of an encoder."
            )
        return layout
    other = encoders.find_family(tuned)
    if other != family:
        raise BenchmarkImpossible(
            f"The base is of the family {FAMILIES[family]} and the regional model of "
            f"{FAMILIES[other]}; there is nothing between them."
        )
    return layout


def make_sweep(encoder: Encoder, tuned: Layout, lora_scale: float) -> Changing:
    """Both ends in the number format of their files: what is measured is the merge that would be
    written.
    """
    stored = encoders.read_model(encoder.folder).state_dict()
    if tuned.kind != "lora":
        return Sweep(encoder.model, stored, encoders.read_model(tuned.root).state_dict())
    changes = adapters.read_live_changes(tuned, weights.check(encoder.folder), lora_scale)
    return LoraSweep(encoder.model, stored, changes)


def name_weights(
    encoder: Encoder, tuned_digest: str, variant: Variant, lora_scale: float
) -> Sequence[str]:
    """What the live weights are, for whoever keeps what they computed."""
    if variant.beta in (None, 0):
        return (encoder.digest,)
    return (encoder.digest, tuned_digest, repr(variant.beta), repr(lora_scale))
