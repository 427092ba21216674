"""Tiny models of the real classes, made from configurations: nothing is downloaded.

Pictures of 32 x 32 pixels, latents of 16 x 16 with 4 channels, some ten thousand weights each, made
in well under a second. The same seed gives the same weights.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
)

SIDE = 32
VAE_FACTOR = 2
START, END = "<|startoftext|>", "<|endoftext|>"


def build_sdxl(folder: Path, *, seed: int = 0, **scheduler: Any) -> Path:
    """A StableDiffusionXLPipeline in `folder`; `scheduler` overrides parts of its scheduler's
    configuration, such as prediction_type.
    """
    torch.manual_seed(seed)
    tokenizer = make_tokenizer(folder / "tokenizer-source")
    pipeline = StableDiffusionXLPipeline(
        vae=make_vae(),
        text_encoder=CLIPTextModel(_text_config(tokenizer, hidden_size=16)),
        text_encoder_2=CLIPTextModelWithProjection(
            _text_config(tokenizer, hidden_size=24, projection_dim=24)
        ),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=make_unet(
            cross_attention_dim=40,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 24,
        ),
        scheduler=DDIMScheduler(**(_NOISE | scheduler)),
        add_watermarker=False,
    )
    return _save(pipeline, folder)


def build_sd15(folder: Path, *, seed: int = 0, **scheduler: Any) -> Path:
    """A StableDiffusionPipeline in `folder`, without a safety checker."""
    torch.manual_seed(seed)
    tokenizer = make_tokenizer(folder / "tokenizer-source")
    pipeline = StableDiffusionPipeline(
        vae=make_vae(),
        text_encoder=CLIPTextModel(_text_config(tokenizer, hidden_size=16)),
        tokenizer=tokenizer,
        unet=make_unet(cross_attention_dim=16),
        scheduler=DDIMScheduler(**(_NOISE | scheduler)),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _save(pipeline, folder)


_NOISE: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "steps_offset": 1,
    "clip_sample": False,
    "set_alpha_to_one": False,
}


def make_vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=SIDE,
        scaling_factor=0.5,
    )


def make_unet(**extra: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIDE // VAE_FACTOR,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=8,
        norm_num_groups=4,
        **extra,
    )


def make_tokenizer(folder: Path) -> CLIPTokenizer:
    """Knows the printable characters of ASCII, one token each, so that lengths are easy to count:
    a text of n letters, blanks left out, has n + 2 tokens.
    """
    letters = [chr(code) for code in range(33, 127)]
    words = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: n for n, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(
        vocab=str(folder / "vocab.json"),
        merges=str(folder / "merges.txt"),
        model_max_length=77,
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
    )
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    return tokenizer


def _text_config(tokenizer: CLIPTokenizer, **extra: Any) -> CLIPTextConfig:
    settings: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 77,
        "projection_dim": 16,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    return CLIPTextConfig(**(settings | extra))


def _save(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder)
    return folder
