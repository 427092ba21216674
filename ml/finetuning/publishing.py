"""Writes what was trained as others read it: a whole pipeline, or an adapter.

The UNet keeps the files of the base, with other numbers in them. All other parts are the base's own
files under a second name.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
from torch import Tensor

from ml import files
from ml.datasets.problems import shown
from ml.finetuning.foundation import Foundation
from ml.loading import headers
from ml.training import adapters, rewriting
from ml.training.problems import UnfitForTraining
from ml.training.rewriting import Change
from specs.kinds.model.model_finetune import ModelFinetune

ADAPTER_FILE = "pytorch_lora_weights.safetensors"


def write_pipeline(foundation: Foundation, change: Change, out: Path) -> None:
    layout = foundation.layout
    out.mkdir(parents=True)
    for path in sorted(layout.root.iterdir()):
        if path.name == "model_index.json" or path.name.startswith("LICENSE"):
            files.place(path, out / path.name)
    for component in layout.components:
        for path in rewriting.list_files(component):
            target = out / component.name / path.relative_to(component.folder)
            if component.name == "unet" and path in component.files:
                target.parent.mkdir(parents=True, exist_ok=True)
                rewriting.rewrite(headers.read(path), target, change)
            else:
                files.place(path, target)


def check_names(foundation: Foundation, names: set[str]) -> None:
    """Old files call some tensors differently; then nothing would be replaced."""
    stored = rewriting.list_names(foundation.layout.find("unet").files)
    missing = sorted(names - stored)
    if missing:
        raise UnfitForTraining(
            f"The base's UNet files hold no tensor '{shown(missing[0])}': they use other names "
            "than diffusers does today. Load and save the base with diffusers once."
        )


def write_adapter(
    foundation: Foundation, spec: ModelFinetune, tensors: Mapping[str, Tensor], out: Path
) -> None:
    """As diffusers' load_lora_weights reads it, with rank and alpha in the header."""
    out.mkdir(parents=True)
    pipeline: Any = getattr(diffusers, foundation.layout.class_name)
    pipeline.save_lora_weights(
        out,
        unet_lora_layers={adapters.name_for_files(name): each for name, each in tensors.items()},
        unet_lora_adapter_metadata=adapters.make_config(spec, spec.lora_targets).to_dict(),
        weight_name=ADAPTER_FILE,
    )
    written = out / ADAPTER_FILE
    mode = (foundation.layout.root / "model_index.json").stat().st_mode
    written.chmod(mode & 0o666)  # safetensors writes for the owner alone


def copy_samples(source: Path, out: Path) -> list[str]:
    if not source.is_dir():
        return []
    (out / "samples").mkdir()
    found = sorted(source.glob("step-*.png"))
    for path in found:
        shutil.copyfile(path, out / "samples" / path.name)
    return [f"samples/{path.name}" for path in found]
