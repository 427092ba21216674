"""Loads pipelines of diffusers and their components: from folders that were looked at first.

What computes is chosen by the caller and recorded: see ml.devices. Code that a model brings is
never run.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml.datasets.problems import shown
from ml.loading import pretrained, weights
from ml.loading.pretrained import naming, without_progress_bars
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    import torch
    from diffusers import DiffusionPipeline

    from ml.devices import Computing
    from ml.loading.weights import Layout


def load_pipeline(
    folder: Path, computing: Computing, layout: Layout | None = None, **components: Any
) -> DiffusionPipeline:
    """The pipeline of the class that its folder names, ready to compute, without a progress bar.

    `layout` spares a second look at a folder that was checked. `components` take the place of those
    in the folder; None leaves one out, such as unet=None for text encoders alone.
    """
    import diffusers  # noqa: PLC0415 - costs seconds; who only looks at folders does not need it

    layout = layout or weights.check(folder)
    if layout.kind != "pipeline":
        raise UnfitModel(
            f"'{shown(folder.name)}' is no pipeline of diffusers: it has no model_index.json."
        )
    if not hasattr(diffusers, layout.class_name):
        raise UnfitModel(
            f"diffusers {diffusers.__version__} has no class '{shown(layout.class_name)}', which "
            f"'{shown(folder.name)}' names."
        )
    # One by one, because a pipeline fills up what a component lacks with random numbers.
    parts = {
        each.name: load_component(layout, each.name, computing.torch_dtype)
        for each in layout.components
        if each.name not in components
    }
    with without_progress_bars(), naming(f"the pipeline '{shown(folder.name)}'"):
        pipeline = getattr(diffusers, layout.class_name).from_pretrained(
            str(folder),
            dtype=computing.torch_dtype,
            variant=layout.variant,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            **(parts | components),
        )
    pipeline.to(computing.device)
    pipeline.set_progress_bar_config(disable=True)
    loaded: DiffusionPipeline = pipeline
    return loaded


def load_component(layout: Layout, name: str, dtype: torch.dtype, device: str = "cpu") -> Any:
    """One model of a pipeline, or the only one of a folder that is one (name ""). Tokenizers and
    schedulers are loaded as well, and have no number format.
    """
    component = layout.find(name)
    cls = _find_class(component.library, component.class_name, layout)
    what = f"'{shown(layout.root.name)}'"
    if name:
        what = f"the component '{name}' of {what}"
    if not component.files:
        with naming(what):
            return cls.from_pretrained(str(component.folder), local_files_only=True)
    return pretrained.load(
        cls, component.folder, what=what, device=device, dtype=dtype, variant=component.variant
    )


def _find_class(library: str, class_name: str, layout: Layout) -> Any:
    names = (library,) if library in ("diffusers", "transformers") else ()
    for module in (*names, f"diffusers.pipelines.{library}"):
        try:
            return getattr(importlib.import_module(module), class_name)
        except (ModuleNotFoundError, AttributeError):
            continue
    raise UnfitModel(
        f"'{shown(layout.root.name)}' names the class '{shown(class_name)}' of "
        f"'{shown(library)}', which is not installed here."
    )
