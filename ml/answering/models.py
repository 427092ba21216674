"""The model that answers, and the second one of a sweep."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from torch.nn import Module

from ml import digests
from ml.answering.problems import CannotAnswer
from ml.datasets.problems import shown
from ml.loading import headers, weights
from ml.loading.families import registry
from ml.loading.problems import UnfitModel
from ml.loading.speaking import models
from ml.loading.speaking.speaker import Speaker
from ml.loading.sweep import LoraSweep, LowRank, Sweep, read_layers
from ml.loading.weights import LORA_FILES, Layout
from specs.family import FamilySpec

_NAME = "regional"
_PREFIX = "base_model.model."


@dataclass(frozen=True)
class Inputs:
    base: Path
    family: FamilySpec
    model_type: str
    tuned: Layout | None
    digests: Mapping[str, str]


class Changing(Protocol):
    def set(self, beta: float) -> None:
        """Make the live weights those of this share of the regional model."""


def look_at(base: Path, tuned: Path | None) -> Inputs:
    """Everything that can be refused before anything is loaded."""
    family, model_type = registry.look_at(base)
    found = {"base": digests.of_folder(base)}
    if tuned is None:
        return Inputs(base, family, model_type, None, found)
    layout = weights.check(tuned)
    if layout.kind == "lora":
        if layout.files[0].name != LORA_FILES[1]:
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
    return Inputs(base, family, model_type, layout, found | {"tuned": digests.of_path(tuned)})


def make_sweep(speaker: Speaker, inputs: Inputs, lora_scale: float) -> Changing:
    """The ends are loaded by their class, in the number format of their files: whatever names a
    file calls its tensors by, these are the names of the live ones.
    """
    assert inputs.tuned is not None, "A sweep has two ends."
    model = _read(inputs, inputs.base)
    if inputs.tuned.kind != "lora":
        tuned = _read(inputs, inputs.tuned.root)
        return Sweep(speaker.model, model.state_dict(), tuned.state_dict())
    # Peft takes the model apart, and its tensors away from their names.
    stored = model.state_dict()
    return LoraSweep(speaker.model, stored, _read_changes(model, inputs.tuned, lora_scale))


def _read(inputs: Inputs, folder: Path) -> Any:
    return models.read(folder, inputs.family, inputs.model_type, None)


def _read_changes(model: Any, lora: Layout, scale: float) -> dict[str, LowRank]:
    from peft import PeftModel  # noqa: PLC0415 - costs seconds; who sweeps whole models needs none

    name = shown(lora.root.name)
    try:
        # Peft warns of what it does not find; here it is refused.
        with warnings.catch_warnings(action="ignore"):
            adapted = PeftModel.from_pretrained(model, str(lora.root), adapter_name=_NAME)
    except (RuntimeError, ValueError, KeyError) as error:  # names or shapes of another model
        reason = shown(str(error).strip().partition("\n")[0])
        raise UnfitModel(f"The LoRA '{name}' does not fit the base: {reason}") from error
    changes = read_layers(cast("Module", adapted.base_model.model), _NAME, scale)
    _check_all_read(changes, set(headers.read(lora.files[0]).tensors), name)
    return changes


def _check_all_read(changes: Mapping[str, LowRank], stored: set[str], name: str) -> None:
    """Peft passes over what it does not find a place for, and makes up what it does not find."""
    layers = [change.removesuffix(".weight") for change in changes]
    wanted = {f"{_PREFIX}{layer}.lora_{part}.weight" for layer in layers for part in "AB"}
    strange, missing = sorted(stored - wanted), sorted(wanted - stored)
    if strange or missing or not changes:
        example = (strange or missing or ["nothing at all"])[0]
        raise UnfitModel(
            f"The LoRA '{name}' does not fit the base, or changes it by more than B @ A: "
            f"'{shown(example)}' has no counterpart."
        )
