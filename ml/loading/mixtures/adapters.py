"""What a LoRA adds to which weights of its base: read whole, or refused.

Two ways of storing one are read: peft's folder (adapter_config.json) and diffusers' file
(pytorch_lora_weights.safetensors). What changes weights in another way than B @ A is refused. The
files say all of it, and peft is not asked: it passes over what it does not find a place for, and
makes up what it does not find.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from ml.datasets.problems import shown
from ml.loading import headers, names, tensors, weights
from ml.loading.headers import TensorPlace
from ml.loading.mixtures.lowrank import LowRank
from ml.loading.problems import UnfitModel
from ml.loading.weights import Layout

FILE = weights.LORA_FILES[1]  # of peft; adapters of diffusers are for pipelines

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
class _Adapter:
    name: str  # as sentences say it
    settings: Mapping[str, Any]  # peft's
    tensors: Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class _Base:
    layout: Layout
    component: str
    places: Mapping[str, TensorPlace]

    @property
    def name(self) -> str:
        return shown(self.layout.root.name)


def read_changes(adapter: Layout, base: Layout, component: str = "") -> dict[str, LowRank]:
    """By the name of the weight in the base's files."""
    read = _read_adapter(adapter)
    files = base.find(component).files
    places = {name: place for file in files for name, place in headers.read(file).tensors.items()}
    pairs = _pair_parts(read)
    targets = _find_targets(read, pairs, _Base(base, component, places))
    changes = {}
    for module, (a, b) in pairs.items():
        change = _make_change(read, module, a, b)
        _check_fits(read, module, change, targets[module], places[targets[module]])
        changes[targets[module]] = change
    return changes


def read_live_changes(adapter: Layout, base: Layout, scale: float) -> dict[str, LowRank]:
    """By the name of the weight in the class that loads the base, a model of transformers."""
    changes = read_changes(adapter, base)
    called = find_live_names(adapter, base, changes)
    return {called[name]: change.scaled(scale) for name, change in changes.items()}


def find_live_names(adapter: Layout, base: Layout, changed: Iterable[str]) -> dict[str, str]:
    """By the name in the base's files, the one in its class."""
    called = names.find(base, [name for file in base.files for name in headers.read(file).tensors])
    for name in changed:
        twin = next((each for each in called if each != name and called[each] == called[name]), "")
        if twin:
            raise UnfitModel(
                f"The LoRA '{shown(adapter.root.name)}' changes '{shown(name)}', which "
                f"'{shown(base.root.name)}' shares with '{shown(twin)}': the other would be "
                "changed as well."
            )
    return called


def _read_adapter(adapter: Layout) -> _Adapter:
    name = shown(adapter.root.name)
    settings = _read_settings(adapter)
    for setting in _REFUSED:
        if settings.get(setting):
            raise UnfitModel(f"The LoRA '{name}' uses '{setting}', which is more than B @ A.")
    if settings.get("bias", "none") != "none":
        raise UnfitModel(f"The LoRA '{name}' also tuned biases, which a scale does not cover.")
    return _Adapter(name, settings, tensors.read(adapter.components[0]))


def _read_settings(adapter: Layout) -> Mapping[str, Any]:
    """From peft's file or from the header of diffusers' file."""
    path = adapter.root / weights.LORA_SETTINGS
    (file,) = adapter.files
    if path.is_file() or file.name == FILE:
        return weights.read_json(path)
    told = json.loads(headers.read(file).metadata.get("lora_adapter_metadata", "{}"))
    prefix = "unet."
    return {
        name.removeprefix(prefix): value for name, value in told.items() if name.startswith(prefix)
    }


def _pair_parts(adapter: _Adapter) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    found: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in adapter.tensors.items():
        match = _PART.fullmatch(name)
        if match:
            part = match["new"] or {"down": "A", "up": "B"}[match["old"]]
            found.setdefault(match["module"], {})[part] = tensor
        elif not name.endswith(".alpha"):
            raise UnfitModel(
                f"The LoRA '{adapter.name}' holds '{shown(name)}', which is not a plain LoRA of a "
                "layer: it changes the base by more than B @ A and cannot be scaled."
            )
    for module, parts in found.items():
        if set(parts) != {"A", "B"}:
            raise UnfitModel(
                f"The LoRA '{adapter.name}' holds one half only for '{shown(module)}'."
            )
    if not found:
        raise UnfitModel(f"'{adapter.name}' holds no LoRA.")
    return {module: (parts["A"], parts["B"]) for module, parts in found.items()}


def _make_change(adapter: _Adapter, module: str, a: torch.Tensor, b: torch.Tensor) -> LowRank:
    for part in (a, b):
        if not part.is_floating_point():
            stored = str(part.dtype).removeprefix("torch.")
            raise UnfitModel(
                f"'{shown(module)}' of the LoRA '{adapter.name}' is stored as {stored}."
            )
        if not tensors.is_finite(part):
            raise UnfitModel(
                f"'{shown(module)}' of the LoRA '{adapter.name}' holds values that are not finite "
                "(NaN or infinite): it is broken."
            )
    if min(a.dim(), b.dim()) < 2 or b.shape[1:].numel() != a.shape[0] or not a.numel():  # noqa: PLR2004 - matrices
        raise UnfitModel(
            f"The two halves of '{shown(module)}' of the LoRA '{adapter.name}' do not fit."
        )
    return LowRank(a, b, _find_scale(adapter, module, a.shape[0]))


def _find_scale(adapter: _Adapter, module: str, rank: int) -> float:
    own = adapter.tensors.get(f"{module}.alpha")
    settings = adapter.settings
    if own is not None:
        alpha = float(own)
    else:
        plain = module.removeprefix(_PEFT_PREFIX)
        alpha = settings.get("lora_alpha", rank)
        for pattern, value in (settings.get("alpha_pattern") or {}).items():
            if re.fullmatch(rf"(.*\.)?({pattern})", plain):
                alpha = value
                break
    return float(alpha) / (math.sqrt(rank) if settings.get("use_rslora") else rank)


def _check_fits(
    adapter: _Adapter, module: str, change: LowRank, target: str, place: TensorPlace
) -> None:
    if change.num_values != math.prod(place.shape):
        raise UnfitModel(
            f"'{shown(module)}' of the LoRA '{adapter.name}' is made for a weight of "
            f"{change.b.shape[0]} x {change.a.shape[1:].numel()}; that of the base has the shape "
            f"{list(place.shape)}."
        )
    if place.dtype not in headers.FLOATS:
        raise UnfitModel(
            f"The LoRA '{adapter.name}' changes '{shown(target)}', which holds no fractions."
        )


def _find_targets(adapter: _Adapter, modules: Iterable[str], base: _Base) -> dict[str, str]:
    """By the layer as the adapter calls it, the tensor as the base's files call it."""
    plain = {module: module.removeprefix(_PEFT_PREFIX) for module in modules}
    found = {module: _find_as_called(name, base) for module, name in plain.items()}
    missing = [module for module, target in found.items() if target is None]
    if missing and base.layout.kind == "transformers":
        renamed = _find_renamed(adapter, [plain[module] for module in missing], base)
        found |= {module: renamed.get(plain[module]) for module in missing}
    whole: dict[str, str] = {}
    for module, target in found.items():
        if target is None:
            raise UnfitModel(
                f"The LoRA '{adapter.name}' does not fit the base: it changes "
                f"'{shown(plain[module])}', and '{base.name}' has no such layer."
            )
        whole[module] = target
    return whole


def _find_as_called(plain: str, base: _Base) -> str | None:
    for name in (plain, plain.removeprefix("unet."), plain.removeprefix(f"{base.component}.")):
        if f"{name}.weight" in base.places:
            return f"{name}.weight"
    return None


def _find_renamed(adapter: _Adapter, layers: list[str], base: _Base) -> dict[str, str]:
    """Adapters call layers as the class does now or once did, and files do so as well: both are
    asked what the class calls them.
    """
    wanted = [f"{layer}.weight" for layer in layers]
    called = names.find(base.layout, [*base.places, *wanted])
    stored = {called[name]: name for name in base.places}
    found = {}
    for layer, weight in zip(layers, wanted, strict=True):
        if called[weight] not in stored:
            continue
        if _name_last(called[weight]) != _name_last(weight):
            raise UnfitModel(
                f"The LoRA '{adapter.name}' changes '{shown(layer)}', which '{base.name}' shares "
                f"with '{shown(called[weight])}': the other would be changed as well."
            )
        found[layer] = stored[called[weight]]
    return found


def _name_last(weight: str) -> str:
    """The layer's own name."""
    return weight.split(".")[-2]
