"""What a LoRA adapter adds to which tensors of its base model.

Two ways of storing one are read: peft's folder (adapter_config.json) and diffusers' file
(pytorch_lora_weights.safetensors). What changes weights in another way than B @ A is refused.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.datasets.problems import shown
from ml.loading import names, weights
from ml.merging import arithmetic, reading
from ml.merging.models import Model, Stored
from ml.merging.problems import CannotMerge, NotFinite

_PART = re.compile(r"(?P<module>.+)\.(?:lora_(?P<new>[AB])|lora\.(?P<old>down|up))\.weight")
_PEFT_PREFIX = "base_model.model."
_REFUSED = (
    "use_dora",
    "modules_to_save",
    "fan_in_fan_out",
    "layer_replication",
    "alora_invocation",
)


@dataclass(frozen=True)
class LowRank:
    """scale * B @ A, computed row by row of the weight that it changes."""

    a: npt.NDArray[np.float64]  # (rank, columns)
    b: npt.NDArray[np.float64]  # (rows, rank)
    scale: float

    @property
    def num_values(self) -> int:
        return int(self.b.shape[0] * self.a.shape[1])

    def compute(self, begin: int, end: int) -> npt.NDArray[np.float64]:
        width = self.a.shape[1]
        first, last = begin // width, -(-end // width)
        rows = (self.b[first:last] * self.scale) @ self.a
        found: npt.NDArray[np.float64] = rows.reshape(-1)[begin - first * width :][: end - begin]
        return found


def read_changes(adapter: Model, base: Model) -> dict[str, LowRank]:
    """By the name of the base's tensor."""
    settings = _read_settings(adapter)
    changes: dict[str, LowRank] = {}
    pairs = _pair_parts(adapter)
    targets = _find_targets(list(pairs), base)
    for module, (a, b) in pairs.items():
        target = targets[module]
        change = _read_change(
            module, a, b, _find_scale(adapter, settings, module, a.place.shape[0])
        )
        if change.num_values != base.tensors[target].num_values:
            raise CannotMerge(
                f"The adapter's '{shown(module)}' is made for a weight of "
                f"{change.b.shape[0]} x {change.a.shape[1]}; that of the base model has the shape "
                f"{list(base.tensors[target].place.shape)}."
            )
        changes[target] = change
    return changes


def _pair_parts(adapter: Model) -> dict[str, tuple[Stored, Stored]]:
    found: dict[str, dict[str, Stored]] = {}
    for name, stored in adapter.tensors.items():
        match = _PART.fullmatch(name)
        if match:
            part = match["new"] or {"down": "A", "up": "B"}[match["old"]]
            found.setdefault(match["module"], {})[part] = stored
        elif not name.endswith(".alpha"):
            raise CannotMerge(
                f"The adapter holds '{shown(name)}', which is not a plain LoRA of a layer; it "
                "cannot be scaled."
            )
    for module, parts in found.items():
        if set(parts) != {"A", "B"}:
            raise CannotMerge(f"The adapter holds one half only for '{shown(module)}'.")
    if not found:
        raise CannotMerge(f"'{shown(adapter.name)}' holds no LoRA.")
    return {module: (parts["A"], parts["B"]) for module, parts in found.items()}


def _read_settings(adapter: Model) -> Mapping[str, Any]:
    """peft's, from its file or from the header of diffusers' file."""
    path = adapter.layout.root / "adapter_config.json"
    if path.is_file():
        settings = weights.read_json(path)
    else:
        told = json.loads(adapter.files[0].metadata.get("lora_adapter_metadata", "{}"))
        prefix = "unet."
        settings = {
            name.removeprefix(prefix): value for name, value in told.items()
            if name.startswith(prefix)
        }  # fmt: skip
    for name in _REFUSED:
        if settings.get(name):
            raise CannotMerge(f"The adapter uses '{name}', which is more than B @ A.")
    if settings.get("bias", "none") != "none":
        raise CannotMerge("The adapter also tuned biases, which a scale does not cover.")
    return settings


def _find_scale(adapter: Model, settings: Mapping[str, Any], module: str, rank: int) -> float:
    own = adapter.tensors.get(f"{module}.alpha")
    if own is not None:
        alpha = float(arithmetic.to_float64(reading.read_whole(own), own.place.dtype)[0])
    else:
        plain = module.removeprefix(_PEFT_PREFIX)
        alpha = settings.get("lora_alpha", rank)
        for pattern, value in (settings.get("alpha_pattern") or {}).items():
            if re.fullmatch(rf"(.*\.)?({pattern})", plain):
                alpha = value
                break
    return float(alpha) / (math.sqrt(rank) if settings.get("use_rslora") else rank)


def _find_targets(modules: Sequence[str], base: Model) -> dict[str, str]:
    """By the layer as the adapter calls it, the tensor as the base's files call it."""
    plain = {module: module.removeprefix(_PEFT_PREFIX) for module in modules}
    found = {module: _find_as_called(name, base) for module, name in plain.items()}
    missing = [module for module, target in found.items() if target is None]
    if missing and base.layout.kind == "transformers":
        renamed = _find_renamed([plain[module] for module in missing], base)
        found |= {module: renamed.get(plain[module]) for module in missing}
    whole: dict[str, str] = {}
    for module, target in found.items():
        if target is None:
            raise CannotMerge(
                f"The adapter changes '{shown(plain[module])}', and '{shown(base.name)}' has no "
                "such layer."
            )
        whole[module] = target
    return whole


def _find_as_called(plain: str, base: Model) -> str | None:
    for name in (plain, plain.removeprefix("unet."), plain.removeprefix(f"{base.component}.")):
        if f"{name}.weight" in base.tensors:
            return f"{name}.weight"
    return None


def _find_renamed(layers: Sequence[str], base: Model) -> dict[str, str]:
    """Adapters call layers as the class does, files as they were called when they were written."""
    wanted = [f"{layer}.weight" for layer in layers]
    called = names.find(base.layout, [*base.tensors, *wanted])
    stored = {called[name]: name for name in base.tensors}
    found = {}
    for layer, weight in zip(layers, wanted, strict=True):
        if called[weight] not in stored:
            continue
        if _name_last(called[weight]) != _name_last(weight):
            raise CannotMerge(
                f"The adapter changes '{shown(layer)}', which '{shown(base.name)}' shares with "
                f"'{shown(called[weight])}': the other would be changed as well."
            )
        found[layer] = stored[called[weight]]
    return found


def _name_last(weight: str) -> str:
    """The layer's own name."""
    return weight.split(".")[-2]


def _read_change(module: str, a: Stored, b: Stored, scale: float) -> LowRank:
    parts = []
    for stored in (a, b):
        if not stored.is_float:
            raise CannotMerge(f"The adapter's '{shown(module)}' is stored as {stored.place.dtype}.")
        values = arithmetic.to_float64(reading.read_whole(stored), stored.place.dtype)
        if not np.isfinite(values).all():
            raise NotFinite(module, "tuned")
        parts.append(values.reshape(stored.place.shape[0], -1))
    if parts[1].shape[1] != parts[0].shape[0]:
        raise CannotMerge(f"The two halves of the adapter's '{shown(module)}' do not fit.")
    return LowRank(parts[0], parts[1], scale)
