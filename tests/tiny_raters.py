"""Tiny models of people's taste, of the real classes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import (
    CLIPImageProcessorPil,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from ml.loading.pretrained import without_progress_bars
from tests.tiny_encoders import make_tokenizer
from tests.tiny_translators import learn

SIDE, PATCH, WIDTH, TEXT_WIDTH, HEADS = 32, 16, 16, 12, 2
MEAN, STD, LONGEST = 0.25, 0.5, 9
_SIZES = (TEXT_WIDTH, 10, 8, 6, 4, 1)
_NUMBERS = (0, 2, 4, 6, 7)  # of ImageReward's linear layers; dropout stands between
# How LLaVA-1.5 is asked.
_CHAT = (
    "{% for message in messages %}{{ message['role'].upper() + ': ' }}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}{{ '<image> ' }}{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{{ ' ' }}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)


def build_image_reward(folder: Path, **changes: Any) -> Path:
    """Random tensors under the names of ImageReward's published checkpoint; `changes` are of its
    head.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vision = {
        "hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_hidden_layers": 2,
        "num_attention_heads": HEADS, "image_size": SIDE, "patch_size": PATCH,
        "layer_norm_eps": 1e-6,
    }  # fmt: skip
    text = {
        "vocab_size": 100, "hidden_size": TEXT_WIDTH, "encoder_hidden_size": WIDTH,
        "intermediate_size": 4 * TEXT_WIDTH, "num_hidden_layers": 2, "num_attention_heads": HEADS,
        "max_position_embeddings": 32, "bos_token_id": 1, "eos_token_id": 2, "sep_token_id": 2,
        "pad_token_id": 0,
    }  # fmt: skip
    head = {"mean": MEAN, "std": STD, "max_tokens": LONGEST}
    config = {
        "model_type": "blip", "architectures": ["ImageReward"], "vision_config": vision,
        "text_config": text, "reward_head": head | changes,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    safetensors.torch.save_file(make_tensors(), folder / "model.safetensors")
    CLIPImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    ).save_pretrained(folder)
    tokenizer = make_tokenizer()
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    tokenizer.save_pretrained(folder)
    return folder


def make_tensors(seed: int = 0) -> dict[str, torch.Tensor]:
    shapes: dict[str, tuple[int, ...]] = {
        "blip.visual_encoder.cls_token": (1, 1, WIDTH),
        "blip.visual_encoder.pos_embed": (1, (SIDE // PATCH) ** 2 + 1, WIDTH),
        "blip.visual_encoder.patch_embed.proj.weight": (WIDTH, 3, PATCH, PATCH),
        "blip.visual_encoder.patch_embed.proj.bias": (WIDTH,),
        **_norm("blip.visual_encoder.norm", WIDTH),
        **_linear("blip.vision_proj", WIDTH, 5),
        **_linear("blip.text_proj", TEXT_WIDTH, 5),
        "blip.text_encoder.embeddings.word_embeddings.weight": (100, TEXT_WIDTH),
        "blip.text_encoder.embeddings.position_embeddings.weight": (32, TEXT_WIDTH),
        **_norm("blip.text_encoder.embeddings.LayerNorm", TEXT_WIDTH),
    }
    for layer in range(2):
        shapes |= _shape_block(f"blip.visual_encoder.blocks.{layer}")
        shapes |= _shape_text_layer(f"blip.text_encoder.encoder.layer.{layer}")
    for number, taken, given in zip(_NUMBERS, _SIZES, _SIZES[1:], strict=False):
        shapes |= _linear(f"mlp.layers.{number}", taken, given)
    chance = torch.Generator().manual_seed(seed)
    found = {
        name: torch.randn(shape, generator=chance) * 0.3
        + (1 if "orm" in name and "weight" in name else 0)
        for name, shape in shapes.items()
    }
    found["blip.text_encoder.embeddings.position_ids"] = torch.arange(32)[None]
    return found


def _shape_block(name: str) -> dict[str, tuple[int, ...]]:
    return {
        **_norm(f"{name}.norm1", WIDTH),
        **_linear(f"{name}.attn.qkv", WIDTH, 3 * WIDTH),
        **_linear(f"{name}.attn.proj", WIDTH, WIDTH),
        **_norm(f"{name}.norm2", WIDTH),
        **_linear(f"{name}.mlp.fc1", WIDTH, 4 * WIDTH),
        **_linear(f"{name}.mlp.fc2", 4 * WIDTH, WIDTH),
    }


def _shape_text_layer(name: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for kind, width in (("attention", TEXT_WIDTH), ("crossattention", WIDTH)):
        shapes |= _linear(f"{name}.{kind}.self.query", TEXT_WIDTH, TEXT_WIDTH)
        shapes |= _linear(f"{name}.{kind}.self.key", width, TEXT_WIDTH)
        shapes |= _linear(f"{name}.{kind}.self.value", width, TEXT_WIDTH)
        shapes |= _linear(f"{name}.{kind}.output.dense", TEXT_WIDTH, TEXT_WIDTH)
        shapes |= _norm(f"{name}.{kind}.output.LayerNorm", TEXT_WIDTH)
    shapes |= _linear(f"{name}.intermediate.dense", TEXT_WIDTH, 4 * TEXT_WIDTH)
    shapes |= _linear(f"{name}.output.dense", 4 * TEXT_WIDTH, TEXT_WIDTH)
    return shapes | _norm(f"{name}.output.LayerNorm", TEXT_WIDTH)


def _linear(name: str, taken: int, given: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (given, taken), f"{name}.bias": (given,)}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def build_asked(folder: Path, answers: Mapping[str, str], picture: Image.Image) -> Path:
    """A LLaVA that has learnt what to answer to each caption, whatever the picture; it is asked
    with 'Rate: ' before the caption.
    """
    letters = [chr(code) for code in range(33, 127)]
    words = ["<unk>", "<s>", "</s>", "<pad>", "<image>", " ", *letters]
    plain = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    plain.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="<pad>", additional_special_tokens=["<image>"], padding_side="left",
    )  # fmt: skip
    vision = {
        "model_type": "clip_vision_model", "projection_dim": 16, "hidden_size": 16,
        "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
        "image_size": SIDE, "patch_size": PATCH,
    }  # fmt: skip
    llama = {
        "model_type": "llama", "vocab_size": len(words), "hidden_size": 32,
        "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
        "num_key_value_heads": 2, "max_position_embeddings": 256, "bos_token_id": 1,
        "eos_token_id": 2, "pad_token_id": 3,
    }  # fmt: skip
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config=vision, text_config=llama, image_token_index=words.index("<image>"),
            image_seq_length=4,
        )
    )  # fmt: skip
    processor = LlavaProcessor(
        CLIPImageProcessorPil(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
        ),
        tokenizer, patch_size=PATCH, vision_feature_select_strategy="default",
        num_additional_image_tokens=1, chat_template=_CHAT,
    )  # fmt: skip
    learn(model, _write_lesson(processor, answers, picture))
    with without_progress_bars():
        model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _write_lesson(
    processor: Any, answers: Mapping[str, str], picture: Image.Image
) -> Mapping[str, torch.Tensor]:
    texts = [
        f"USER: <image> Rate: {caption} ASSISTANT:{told}</s>" for caption, told in answers.items()
    ]
    inputs = processor(images=[picture] * len(texts), text=texts, padding=True, return_tensors="pt")
    labels = inputs["input_ids"].clone()
    for row, told in zip(labels, answers.values(), strict=True):
        row[: -len(told) - 1] = -100
    return {**inputs, "labels": labels}
