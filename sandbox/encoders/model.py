"""The models: CLIP's and SigLIP2's classes and layouts, small enough for two processor cores."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import (
    CLIPConfig,
    CLIPImageProcessorPil,
    CLIPModel,
    PreTrainedTokenizerFast,
    Siglip2Config,
    Siglip2ImageProcessorPil,
    Siglip2Model,
)

from ml.loading.pretrained import without_progress_bars
from sandbox.encoders import vocabulary
from sandbox.world.scene import SIDE

Family = Literal["clip", "siglip2"]
FAMILIES: tuple[Family, ...] = ("clip", "siglip2")
PATCH = 16
NUM_PATCHES = (SIDE // PATCH) ** 2
_GREY: Mapping[str, Any] = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
_LONGEST: Mapping[Family, int] = {"clip": vocabulary.MAX_LENGTH, "siglip2": vocabulary.FILLED_UP}


@dataclass(frozen=True, kw_only=True)
class ModelSizes:
    width: int = 128
    layers: int = 4  # of each half: a student of every other one keeps two
    heads: int = 4


def write(folder: Path, family: Family, sizes: ModelSizes, *, seed: int) -> Path:
    """A model with random weights and all that belongs to one."""
    torch.manual_seed(seed)
    tokenizer = vocabulary.make_tokenizer(_LONGEST[family])
    model, eyes = _BUILD[family](_describe_text(tokenizer, sizes), _describe_sight(sizes))
    with without_progress_bars():
        model.save_pretrained(folder)
    eyes.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_weights(model: Any, folder: Path) -> None:
    """In half precision, as models are passed on."""
    with without_progress_bars():
        model.half().save_pretrained(folder)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # the library leaves them to their owner alone


def _describe_text(tokenizer: PreTrainedTokenizerFast, sizes: ModelSizes) -> dict[str, Any]:
    return _describe(sizes) | {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": tokenizer.model_max_length,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _describe_sight(sizes: ModelSizes) -> dict[str, Any]:
    return _describe(sizes) | {"patch_size": PATCH}


def _describe(sizes: ModelSizes) -> dict[str, Any]:
    return {
        "hidden_size": sizes.width,
        "intermediate_size": 2 * sizes.width,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
    }


def _build_clip(text: dict[str, Any], sight: dict[str, Any]) -> tuple[Any, Any]:
    config = CLIPConfig(
        text_config=text,
        vision_config=sight | {"image_size": SIDE},
        projection_dim=text["hidden_size"],
    )
    eyes = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}, **_GREY
    )
    return CLIPModel(config), eyes


def _build_siglip2(text: dict[str, Any], sight: dict[str, Any]) -> tuple[Any, Any]:
    config = Siglip2Config(
        text_config=text | {"projection_size": text["hidden_size"]},
        vision_config=sight | {"num_patches": NUM_PATCHES},
    )
    eyes = Siglip2ImageProcessorPil(patch_size=PATCH, max_num_patches=NUM_PATCHES, **_GREY)
    model = Siglip2Model(config)
    with torch.no_grad():
        # Where SigLIP starts (arXiv:2303.15343): most pairs are wrong.
        model.logit_scale.fill_(math.log(10))
        model.logit_bias.fill_(-10)
        # Places start small beside words: what a text says hardly depends on where in it.
        model.text_model.embeddings.position_embedding.weight.mul_(0.1)
    return model, eyes


_BUILD: Mapping[Family, Callable[[dict[str, Any], dict[str, Any]], tuple[Any, Any]]] = {
    "clip": _build_clip,
    "siglip2": _build_siglip2,
}
