"""The model that makes the pictures, and the second one of a sweep."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from ml import digests
from ml.datasets.problems import shown
from ml.devices import Computing
from ml.generation import lora, schedulers
from ml.generation.problems import CannotGenerate
from ml.loading import pipelines, tensors, weights
from ml.loading.mixtures.sweep import LoraSweep, Sweep
from ml.loading.weights import Component, Layout
from specs.kinds.images.images_generate import ImagesGenerate

# Pipelines that are known to take noise and embeddings as they are handed over here.
FAMILIES = ("sdxl", "sd15", "sd2")
CLASSES = ("StableDiffusionXLPipeline", "StableDiffusionPipeline")


@dataclass(frozen=True)
class Inputs:
    base: Layout
    tuned: Layout | None
    digests: Mapping[str, str]


class Changing(Protocol):
    def set(self, beta: float) -> None:
        """Make the live weights those of this share of the regional model."""


def look_at(base: Path, tuned: Path | None, component: str) -> Inputs:
    """Everything that can be refused before anything is loaded."""
    layout = weights.check(base)
    if layout.family not in FAMILIES:
        raise CannotGenerate(
            f"'{shown(base.name)}' is of the family '{shown(layout.family)}'; pictures are made "
            f"with pipelines of the families {', '.join(FAMILIES)}."
        )
    if layout.class_name not in CLASSES:
        raise CannotGenerate(
            f"'{shown(base.name)}' is of the class '{shown(layout.class_name)}', which needs more "
            f"than a prompt; pictures are made with the classes {' and '.join(CLASSES)}."
        )
    found = {"base": digests.of_folder(base)}
    if tuned is None:
        return Inputs(layout, None, found)
    if not layout.find(component).files:
        raise CannotGenerate(f"The component '{component}' of '{shown(base.name)}' has no weights.")
    other = weights.check(tuned)
    if other.kind == "pipeline" and other.family != layout.family:
        raise CannotGenerate(
            f"The base is of the family '{layout.family}' and the regional model of "
            f"'{shown(other.family)}'; there is nothing between them."
        )
    return Inputs(layout, other, found | {"tuned": digests.of_path(tuned)})


def load(inputs: Inputs, spec: ImagesGenerate, computing: Computing) -> Any:
    """The base, with the scheduler that was asked for."""
    if spec.compile and computing.device != "cuda":
        raise CannotGenerate("Compiling pays on a GPU only; leave it out on a processor.")
    pipeline: Any = pipelines.load_pipeline(inputs.base.root, computing, inputs.base)
    pipeline.scheduler = schedulers.choose(spec.scheduler, pipeline.scheduler)
    return pipeline


def compile_denoiser(pipeline: Any) -> None:
    """Its weights stay where they are, so a sweep goes on changing them."""
    pipeline.unet.compile()


def make_sweep(pipeline: Any, inputs: Inputs, spec: ImagesGenerate) -> Changing:
    assert inputs.tuned is not None, "A sweep has two ends."
    live: torch.nn.Module = getattr(pipeline, spec.component)
    stored = tensors.read(inputs.base.find(spec.component))
    if inputs.tuned.kind == "lora":
        changes = lora.read_changes(inputs.base, spec.component, inputs.tuned, spec.lora_scale)
        return LoraSweep(live, stored, changes)
    return Sweep(live, stored, tensors.read(_find_part(inputs.tuned, spec.component)))


def _find_part(tuned: Layout, name: str) -> Component:
    """Of a pipeline the component of that name; else the only model that lies there."""
    if tuned.kind == "pipeline":
        return tuned.find(name)
    if tuned.kind == "transformers" or len(tuned.components) != 1:
        raise CannotGenerate(
            f"'{shown(tuned.root.name)}' is neither a pipeline nor a '{name}' of one."
        )
    return tuned.components[0]
