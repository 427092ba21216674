"""The model: CLIP's class and layout, small enough for two processor cores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

from ml.loading.encoders import without_progress_bar
from sandbox.encoders import vocabulary
from sandbox.world.scene import SIDE

PATCH = 16


@dataclass(frozen=True, kw_only=True)
class ModelSizes:
    width: int = 128
    layers: int = 4  # of each half: a student of every other one keeps two
    heads: int = 4


def write(folder: Path, sizes: ModelSizes, *, seed: int) -> Path:
    """A model with random weights and all that belongs to one."""
    torch.manual_seed(seed)
    tokenizer = vocabulary.make_tokenizer()
    both = {
        "hidden_size": sizes.width,
        "intermediate_size": 2 * sizes.width,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
    }
    text = {
        "vocab_size": len(tokenizer),
        "max_position_embeddings": vocabulary.MAX_LENGTH,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = CLIPConfig(
        text_config=both | text,
        vision_config=both | {"patch_size": PATCH, "image_size": SIDE},
        projection_dim=sizes.width,
    )
    with without_progress_bar():
        CLIPModel(config).save_pretrained(folder)
    _make_eyes().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_weights(model: Any, folder: Path) -> None:
    """In half precision, as models are passed on."""
    with without_progress_bar():
        model.half().save_pretrained(folder)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # the library leaves them to their owner alone


def _make_eyes() -> CLIPImageProcessorPil:
    return CLIPImageProcessorPil(
        size={"shortest_edge": SIDE},
        crop_size={"height": SIDE, "width": SIDE},
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
