"""Loads pipelines of diffusers and their components: from folders that were looked at first.

What computes is chosen by the caller and recorded: device, number format and threads. Code that a
model brings is never run.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ml.datasets.problems import shown
from ml.loading import pretrained, weights
from ml.loading.pretrained import naming, without_progress_bars
from ml.loading.problems import UnfitModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from diffusers import DiffusionPipeline

    from ml.loading.weights import Layout

Dtype = Literal["fp32", "fp16", "bf16"]

_DTYPES: Mapping[str, str] = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}


class NoDevice(ValueError):
    """What was asked to compute is not there, or cannot."""


@dataclass(frozen=True)
class Computing:
    """What computes, and how: part of what decides the last bits, so it stands with results."""

    device: str
    dtype: Dtype
    threads: int

    @property
    def torch_dtype(self) -> torch.dtype:
        return find_dtype(self.dtype)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_dtype(name: str) -> torch.dtype:
    import torch  # noqa: PLC0415 - costs seconds; who only looks at folders does not need it

    dtype: torch.dtype = getattr(torch, _DTYPES[name])
    return dtype


def choose(device: str = "auto", dtype: str = "auto", threads: int | None = None) -> Computing:
    """'auto' is settled here, once; what was named and is not there is refused."""
    import torch  # noqa: PLC0415 - see above

    has_gpu = torch.cuda.is_available()
    if device == "cuda" and not has_gpu:
        raise NoDevice("This machine has no GPU that torch can use; choose the device 'cpu'.")
    chosen = ("cuda" if has_gpu else "cpu") if device == "auto" else device
    if chosen == "cpu" and dtype == "fp16":
        raise NoDevice("A processor does not compute in fp16; choose fp32 or bf16.")
    format_: Any = ("fp16" if chosen == "cuda" else "fp32") if dtype == "auto" else dtype
    return Computing(chosen, format_, threads or torch.get_num_threads())


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    import torch  # noqa: PLC0415 - see above

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def load_pipeline(
    folder: Path, computing: Computing, layout: Layout | None = None, **components: Any
) -> DiffusionPipeline:
    """The pipeline of the class that its folder names, ready to compute, without a progress bar.

    `layout` spares a second look at a folder that was checked. `components` take the place of those
    in the folder; None leaves one out, such as unet=None for text encoders alone.
    """
    import diffusers  # noqa: PLC0415 - see above

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
