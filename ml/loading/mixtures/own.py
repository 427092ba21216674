"""An adapter that is part of a model: it lies in the model's folder, and whoever reads the weights
adds it to them. What is written of such weights has it in them and stands without that folder.

Each sum is rounded once, to the number format of the model's files, wherever it is made: a model
that answers, one that is trained and an end of a merge are the same to the last bit.
"""

from typing import Any

import torch
from safetensors import safe_open

from ml.datasets.problems import shown
from ml.loading import headers, weights
from ml.loading.mixtures import adapters
from ml.loading.mixtures.lowrank import LowRank
from ml.loading.problems import UnfitModel
from ml.loading.weights import Layout
from specs.families import registry
from specs.families.registry import UnknownFamily


def find_adapter(layout: Layout) -> Layout | None:
    name = _name_folder(layout)
    folder = layout.root / name
    if not name or not folder.is_dir():
        return None
    found = weights.find_adapter(folder)
    if found is None or found.files[0].name != adapters.FILE:
        raise UnfitModel(
            f"'{shown(layout.root.name)}' has a folder '{name}' that holds no adapter of peft "
            f"({adapters.FILE}), and its weights are not whole without one. Copy it anew."
        )
    headers.read(found.files[0], f"{name}/{adapters.FILE}")
    return found


def _name_folder(layout: Layout) -> str:
    if layout.kind != "transformers":
        return ""
    try:
        return registry.find_family(layout.family).own_adapter
    except UnknownFamily:  # an encoder, say
        return ""


def read_changes(layout: Layout) -> dict[str, LowRank]:
    """By the name of the weight in the model's files; nothing where there is no such adapter."""
    adapter = find_adapter(layout)
    return {} if adapter is None else adapters.read_changes(adapter, layout)


@torch.no_grad()
def add_to(model: Any, layout: Layout) -> None:
    """To the live weights, from the stored ones: those that compute may have fewer digits."""
    adapter = find_adapter(layout)
    if adapter is None:
        return
    changes = adapters.read_changes(adapter, layout)
    called = adapters.find_live_names(adapter, layout, changes)
    live = model.state_dict(keep_vars=True)
    for file in layout.files:
        with safe_open(file, "pt") as stored:
            for name in sorted(changes.keys() & set(stored.keys())):
                live[called[name]].copy_(changes[name].add_to(stored.get_tensor(name)))
