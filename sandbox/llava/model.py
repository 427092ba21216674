"""The model: LLaVA's classes and layout, small enough for two processor cores."""

from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from ml.loading.pretrained import without_progress_bars
from sandbox.llava import vocabulary
from sandbox.world.scene import SIDE

PATCH = 16
NUM_PATCHES = (SIDE // PATCH) ** 2


@dataclass(frozen=True, kw_only=True)
class ModelSizes:
    sight_width: int = 128
    sight_layers: int = 3
    width: int = 128
    inner: int = 320
    layers: int = 4
    heads: int = 4


def build(
    tokenizer: PreTrainedTokenizerFast, sizes: ModelSizes, *, seed: int
) -> LlavaForConditionalGeneration:
    torch.manual_seed(seed)
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=sizes.sight_width,
            intermediate_size=2 * sizes.sight_width,
            num_hidden_layers=sizes.sight_layers,
            num_attention_heads=sizes.heads,
            image_size=SIDE,
            patch_size=PATCH,
            projection_dim=sizes.sight_width,
        ),
        text_config=LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=sizes.width,
            intermediate_size=sizes.inner,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            num_key_value_heads=sizes.heads,
            max_position_embeddings=vocabulary.MAX_LENGTH,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            tie_word_embeddings=False,
            initializer_range=0.05,
        ),
        image_token_index=tokenizer.get_vocab()[vocabulary.IMAGE],
        image_seq_length=NUM_PATCHES,
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=False,
    )
    return LlavaForConditionalGeneration(config)


def make_processor(tokenizer: PreTrainedTokenizerFast) -> LlavaProcessor:
    eyes = CLIPImageProcessorPil(
        size={"shortest_edge": SIDE},
        crop_size={"height": SIDE, "width": SIDE},
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
    )
    return LlavaProcessor(  # type: ignore[no-untyped-call]
        image_processor=eyes,
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=vocabulary.CHAT_TEMPLATE,
        image_token=vocabulary.IMAGE,
    )


def save(
    model: LlavaForConditionalGeneration, tokenizer: PreTrainedTokenizerFast, folder: Path
) -> None:
    """In half precision, as models are passed on."""
    with without_progress_bars():
        halves = model.half()  # type: ignore[no-untyped-call]
        halves.save_pretrained(folder, safe_serialization=True)
    make_processor(tokenizer).save_pretrained(folder)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # the library leaves them to their owner alone
