"""The weights that go into a merge: tensors by name, wherever their files put them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ml.datasets.problems import shown
from ml.loading import headers, weights
from ml.loading.headers import TensorPlace, WeightFile
from ml.loading.weights import Layout
from ml.merging.problems import CannotMerge, FamiliesDiffer

if TYPE_CHECKING:
    from ml.loading.mixtures.lowrank import LowRank


@dataclass(frozen=True)
class Stored:
    """Where the bytes of a tensor are, and what is added to them before they count."""

    file: Path
    place: TensorPlace
    own: LowRank | None = None

    @property
    def size_bytes(self) -> int:
        return self.place.end - self.place.start

    @property
    def num_values(self) -> int:
        return self.size_bytes // headers.ITEM_SIZES[self.place.dtype]

    @property
    def is_float(self) -> bool:
        return self.place.dtype in headers.FLOATS


@dataclass(frozen=True)
class Model:
    path: Path
    layout: Layout
    component: str  # "" where the folder, or the file, is the model
    files: tuple[WeightFile, ...]
    tensors: Mapping[str, Stored]
    own: Layout | None = None  # an adapter that is part of the model: its tensors have it added

    @property
    def sources(self) -> tuple[Path, ...]:
        """All that decides the weights; of adapters also the settings, which say their scale."""
        layouts = [self.layout, *([] if self.own is None else [self.own])]
        settings = (each.root / weights.LORA_SETTINGS for each in layouts if each.kind == "lora")
        stored = [file.path for file in self.files] + list(self.own.files if self.own else ())
        return (*stored, *(path for path in settings if path.is_file()))

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def folder(self) -> Path | None:
        """What the weights lie in; None when the model is a single file."""
        return None if self.path.is_file() else self.layout.find(self.component).folder

    @property
    def is_adapter(self) -> bool:
        return self.layout.kind == "lora"


def open_model(path: Path, component: str) -> Model:
    """Look at every header. `component` counts where the model is a pipeline."""
    from ml.loading.mixtures import own  # noqa: PLC0415 - loads torch, which costs seconds

    layout = weights.check(path)  # all of it: what is not merged is carried over
    name = component if layout.kind == "pipeline" else ""
    part = layout.find(name)
    if not part.files:
        raise CannotMerge(f"The component '{name}' of '{shown(path.name)}' has no weights.")
    files = tuple(headers.read(file, f"{path.name}/{file.name}") for file in part.files)
    if not any(file.tensors for file in files):
        raise CannotMerge(f"'{shown(path.name)}' holds no tensors.")
    tensors = _collect(files, own.read_changes(layout))
    return Model(path, layout, name, files, tensors, own.find_adapter(layout))


def check_families(base: Model, tuned: Model) -> None:
    """Tensors of the same names and shapes may belong to models that compute in different ways.
    Only what both say of themselves can differ: plain weights say nothing.
    """
    ours, theirs = _read_statements(base), _read_statements(tuned)
    for what, said in ours.items():
        if theirs.get(what, said) != said:
            raise FamiliesDiffer(what, (base.name, said), (tuned.name, theirs[what]))


def _read_statements(model: Model) -> dict[str, str]:
    said: dict[str, str] = {}
    if model.layout.kind == "pipeline":
        said["family"] = model.layout.family
    if model.folder is None or model.is_adapter or not (model.folder / "config.json").is_file():
        return said
    config = weights.read_json(model.folder / "config.json")
    architectures = config.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else None
    told = {"class": config.get("_class_name") or first, "model type": config.get("model_type")}
    return said | {what: value for what, value in told.items() if value and isinstance(value, str)}


def _collect(files: tuple[WeightFile, ...], changes: Mapping[str, LowRank]) -> dict[str, Stored]:
    """In the order in which they lie on the disk."""
    found: dict[str, Stored] = {}
    for file in files:
        for name, place in sorted(file.tensors.items(), key=lambda each: each[1].start):
            if name in found:
                raise CannotMerge(
                    f"The tensor '{shown(name)}' stands in two files, '{found[name].file.name}' "
                    f"and '{file.path.name}': which one counts?"
                )
            found[name] = Stored(file.path, place, changes.get(name))
    return found
