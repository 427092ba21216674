"""Writes trained weights into the files of the base: names, order, number formats and headers stay,
byte for byte; only the numbers change. So a merge finds the same tensors on both sides.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ml.datasets.problems import shown
from ml.loading import headers, weights
from ml.loading.headers import TensorPlace, WeightFile
from ml.loading.mixtures.lowrank import LowRank
from ml.loading.weights import Component
from ml.training.problems import UnfitForTraining

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_COPY_BYTES = 2**24
# Besides weights: configurations, vocabularies, cards.
_PLAIN = frozenset({"", ".jinja", ".json", ".md", ".model", ".txt"})

# The new numbers of a tensor of the base, in the base's number format; None: as they were.
Change = Callable[[str, TensorPlace, "Callable[[], Tensor]"], Tensor | None]


def rewrite(source: WeightFile, target: Path, change: Change) -> None:
    """The same header, tensor after tensor: little memory, however large the file."""
    places = sorted(source.tensors.items(), key=lambda each: each[1].start)
    begin = min((place.start for _, place in places), default=source.size_bytes)
    with source.path.open("rb") as old, target.open("wb") as new:
        new.write(old.read(begin))
        for name, place in places:
            changed = change(name, place, lambda place=place: _read(old, place))  # type: ignore[misc]
            if changed is None:
                old.seek(place.start)
                _copy(old, new, place.end - place.start)
            else:
                new.write(_to_bytes(changed, name, place))


def _read(file: Any, place: TensorPlace) -> Tensor:
    file.seek(place.start)
    data = bytearray(file.read(place.end - place.start))
    return torch.frombuffer(data, dtype=DTYPES[place.dtype]).reshape(place.shape).float()


def _copy(old: Any, new: Any, num_bytes: int) -> None:
    while num_bytes:
        chunk = old.read(min(num_bytes, _COPY_BYTES))
        new.write(chunk)
        num_bytes -= len(chunk)


def _to_bytes(tensor: Tensor, name: str, place: TensorPlace) -> bytes:
    stored = tensor.reshape(place.shape).to(DTYPES[place.dtype]).contiguous()
    if not bool(stored.isfinite().all()):
        raise UnfitForTraining(
            f"The trained tensor '{shown(name)}' does not fit into the base's number format "
            f"{place.dtype}: it holds values that are not finite there."
        )
    return stored.reshape(-1).view(torch.uint8).numpy().tobytes()


def replacing(trained: Mapping[str, Tensor]) -> Change:
    def change(name: str, place: TensorPlace, old: Callable[[], Tensor]) -> Tensor | None:  # noqa: ARG001 - of every change
        return trained.get(name)

    return change


def adding(deltas: Mapping[str, Tensor]) -> Change:
    def change(name: str, place: TensorPlace, old: Callable[[], Tensor]) -> Tensor | None:
        return old() + deltas[name].reshape(place.shape) if name in deltas else None

    return change


def on_top_of(changes: Mapping[str, LowRank], change: Change) -> Change:
    """What is not trained is written with these changes, and `change` adds to both."""

    def both(name: str, place: TensorPlace, old: Callable[[], Tensor]) -> Tensor | None:
        if name not in changes:
            return change(name, place, old)

        def whole() -> Tensor:
            return changes[name].add_to(old().to(DTYPES[place.dtype])).float()

        changed = change(name, place, whole)
        return whole() if changed is None else changed

    return both


def list_names(paths: tuple[Path, ...]) -> set[str]:
    """Of all tensors in these files."""
    return {name for path in paths for name in headers.read(path).tensors}


def list_files(component: Component) -> list[Path]:
    """What is loaded. Weights in other formats or variants would be those of the base, and adapters
    beside them are for its weights.
    """
    named = {path.name for path in component.files}
    found = []
    for path in sorted(component.folder.rglob("*")):
        if weights.is_of_adapter_within(component.folder, path):
            continue
        is_index = ".safetensors.index" in path.name
        if is_index and not set(weights.read_json(path)["weight_map"].values()) <= named:
            continue
        if path in component.files or (path.is_file() and path.suffix in _PLAIN):
            found.append(path)
    return found
