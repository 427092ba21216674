"""LoRA adapters of peft, for models of transformers: read whole, or refused.

Peft passes over what it does not find a place for, and makes up what it does not find: what would
then compute is neither the adapter nor an error.
"""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading import headers
from ml.loading.mixtures.sweep import LowRank, read_layers
from ml.loading.problems import UnfitModel
from ml.loading.weights import LORA_FILES

FILE = LORA_FILES[1]
_NAME = "regional"
_PREFIX = "base_model.model."


def merge_into(model: Any, folder: Path) -> None:
    """In the place of the model's own weights, for good."""
    _attach(model, folder).merge_and_unload()


def read_changes(model: Any, folder: Path, scale: float) -> dict[str, LowRank]:
    """By the name of the weight that is changed. The model is of no use for anything else after."""
    return read_layers(_attach(model, folder).base_model.model, _NAME, scale)


def _attach(model: Any, folder: Path) -> Any:
    from peft import PeftModel  # noqa: PLC0415 - costs seconds; most models have no adapter

    name = shown(folder.name)
    try:
        with warnings.catch_warnings(action="ignore"):  # what they are about is refused below
            adapted: Any = PeftModel.from_pretrained(model, str(folder), adapter_name=_NAME)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError) as error:
        reason = shown(str(error).strip().partition("\n")[0]).rstrip(".")
        raise UnfitModel(f"The LoRA '{name}' does not fit the base: {reason}.") from error
    changes = read_layers(adapted.base_model.model, _NAME, 1.0)
    _check_all_read(changes, set(headers.read(folder / FILE).tensors), name)
    return adapted


def _check_all_read(changes: Mapping[str, LowRank], stored: set[str], name: str) -> None:
    layers = [change.removesuffix(".weight") for change in changes]
    wanted = {f"{_PREFIX}{layer}.lora_{part}.weight" for layer in layers for part in "AB"}
    strange, missing = sorted(stored - wanted), sorted(wanted - stored)
    if strange or missing or not changes:
        example = (strange or missing or ["nothing at all"])[0]
        raise UnfitModel(
            f"The LoRA '{name}' does not fit the base, or changes it by more than B @ A: "
            f"'{shown(example)}' has no counterpart."
        )
