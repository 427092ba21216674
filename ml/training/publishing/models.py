"""Writes a model of transformers that was trained: whole, as its base is laid out, or an adapter.

The weights keep the files of the base: shards, names, order, number formats, and what is tied is
stored once. An adapter that is part of the base was trained with it, and is in them. All else is
the base's own, under a second name.
"""

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save_file
from torch import Tensor

from ml import files
from ml.datasets.problems import shown
from ml.loading import headers, names
from ml.loading.mixtures import own
from ml.loading.weights import Layout
from ml.training import adapters, rewriting
from ml.training.problems import UnfitForTraining
from ml.training.rewriting import Change
from ml.training.settings import AdapterSettings, PublishingSettings
from specs.distillation import origin as distilled

_PREFIX = "base_model.model."  # as peft calls what an adapter is for
# What tells of the base alone would be wrong beside other weights.
OF_THE_BASE = frozenset(
    {"README.md", "README.base.md", "card.md", "merge.json", "mergekit.yml", distilled.FILE}
)


def write(
    layout: Layout, spec: PublishingSettings, tensors: Mapping[str, Tensor], out_dir: Path
) -> None:
    """`tensors` are what was trained, by the names of the class. A LoRA that is fused stands
    beside the model, too.
    """
    model = out_dir / "model"
    if spec.method == "full":
        write_model(layout, replacing(layout, tensors), model)
        return
    if not spec.fuse_lora:
        write_adapter(spec, layout, tensors, model)
        return
    write_adapter(spec, layout, tensors, out_dir / "adapter")
    write_model(layout, adding(layout, adapters.find_deltas(tensors, spec)), model)


def write_model(layout: Layout, change: Change, out: Path) -> None:
    out.mkdir(parents=True)
    (component,) = layout.components
    change = rewriting.on_top_of(own.read_changes(layout), change)
    for path in rewriting.list_files(component):
        target = out / path.relative_to(layout.root)
        if path in component.files:
            target.parent.mkdir(parents=True, exist_ok=True)
            rewriting.rewrite(headers.read(path), target, change)
        elif path.name not in OF_THE_BASE:
            files.place(path, target)


def replacing(layout: Layout, trained: Mapping[str, Tensor]) -> Change:
    return rewriting.replacing(_name_as_stored(layout, trained))


def adding(layout: Layout, deltas: Mapping[str, Tensor]) -> Change:
    return rewriting.adding(_name_as_stored(layout, deltas))


def _name_as_stored(layout: Layout, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    (component,) = layout.components
    found = names.find(layout, rewriting.list_names(component.files))
    missing = sorted(set(tensors) - set(found.values()))
    if missing:
        raise UnfitForTraining(
            f"The files of '{shown(layout.root.name)}' hold no tensor for the weight "
            f"'{shown(missing[0])}'. Load and save the model with transformers once."
        )
    return {stored: tensors[name] for stored, name in found.items() if name in tensors}


def write_adapter(
    spec: AdapterSettings, layout: Layout, tensors: Mapping[str, Tensor], out: Path
) -> None:
    """As peft reads it."""
    out.mkdir(parents=True)
    config = adapters.make_config(spec, _list_layers(tensors))
    config.base_model_name_or_path = layout.root.name
    config.inference_mode = True
    config.save_pretrained(str(out))
    named = {f"{_PREFIX}{adapters.name_for_files(name)}": each for name, each in tensors.items()}
    written = out / "adapter_model.safetensors"
    save_file(named, written, metadata={"format": "pt"})
    written.chmod((layout.root / "config.json").stat().st_mode & 0o666)  # not for the owner alone


def _list_layers(tensors: Mapping[str, Tensor]) -> list[str]:
    return sorted({name.partition(".lora_")[0] for name in tensors})
