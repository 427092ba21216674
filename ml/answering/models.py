"""The model that answers, and the second one of a sweep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ml import digests
from ml.answering.problems import CannotAnswer
from ml.datasets.problems import shown
from ml.loading import weights
from ml.loading.families import registry
from ml.loading.mixtures import adapters
from ml.loading.mixtures.sweep import LoraSweep, Sweep
from ml.loading.speaking import learnt
from ml.loading.speaking.learnt import Overlap
from ml.loading.speaking.speaker import Speaker
from ml.loading.weights import Layout
from specs.family import FamilySpec
from specs.quiz import QuizItem


@dataclass(frozen=True)
class Inputs:
    base: Path
    tuned: Layout | None
    family: FamilySpec  # of both
    digests: Mapping[str, str]


class Changing(Protocol):
    def set(self, beta: float) -> None:
        """Make the live weights those of this share of the regional model."""


def look_at(base: Path, tuned: Path | None) -> Inputs:
    """Everything that can be refused before anything is loaded."""
    family, model_type = registry.look_at(base)
    found = {"base": digests.of_folder(base)}
    if tuned is None:
        return Inputs(base, None, family, found)
    layout = weights.check(tuned)
    if layout.kind == "lora":
        if layout.files[0].name != adapters.FILE:
            raise CannotAnswer(
                f"'{shown(tuned.name)}' is a LoRA of a diffusion pipeline, not of a model that "
                "answers."
            )
    else:
        _, other = registry.look_at(tuned)
        if other != model_type:
            raise CannotAnswer(
                f"The base is of the type '{model_type}' and the regional model of '{other}'; "
                "there is nothing between them."
            )
    return Inputs(base, layout, family, found | {"tuned": digests.of_path(tuned)})


def find_learnt(inputs: Inputs, asked: Sequence[QuizItem]) -> dict[str, Overlap]:
    """Which of the models, base or tuned, was taught some of what it is asked."""
    folders = {"base": inputs.base}
    if inputs.tuned is not None:
        folders["tuned"] = inputs.tuned.root
    found = {name: learnt.compare(learnt.read(each), asked) for name, each in folders.items()}
    return {name: overlap for name, overlap in found.items() if overlap}


def make_sweep(speaker: Speaker, inputs: Inputs, lora_scale: float) -> Changing:
    """The ends are loaded by their class, in the number format of their files: whatever names a
    file calls its tensors by, these are the names of the live ones.
    """
    assert inputs.tuned is not None, "A sweep has two ends."
    stored = registry.read(inputs.base).state_dict()
    if inputs.tuned.kind != "lora":
        tuned = registry.read(inputs.tuned.root)
        return Sweep(speaker.model, stored, tuned.state_dict())
    changes = adapters.read_live_changes(inputs.tuned, weights.check(inputs.base), lora_scale)
    return LoraSweep(speaker.model, stored, changes)
