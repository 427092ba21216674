"""Tiny vision-language models of the real classes, made from configurations: nothing is downloaded.

Pictures of 32 x 32 pixels and tiles of the same size, a token per character, two layers, some ten
thousand weights each. The same seed gives the same weights.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from ml.loading.families import internvl, llava_onevision, phi4, qwen_vl
from ml.loading.pretrained import without_progress_bars

SIDE = 32
LONGEST = 4096
LETTERS = [chr(code) for code in range(32, 127)] + ["\n", "\u2039", "\u203a", "\u2060"]
MARKS = ["<pad>", "<s>", "</s>", "<unk>"]

_TEXT: dict[str, Any] = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": LONGEST, "bos_token_id": 1,
    "eos_token_id": 2, "pad_token_id": 0, "initializer_range": 0.2,
}  # fmt: skip
_VISION: dict[str, Any] = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "image_size": SIDE,
}  # fmt: skip
_PINPOINTS = [[SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]
_MEAN = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}

# How each family writes a conversation, shortened.
_PARTS = (
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ MARK }}"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
)


def _write_template(before: str, mark: str, after: str, answer: str, *, start: str = "") -> str:
    return (
        f"{start}{{% for message in messages %}}{before}{_PARTS.replace('MARK', repr(mark))}{after}"
        f"{{% endfor %}}{{% if add_generation_prompt %}}{answer}{{% endif %}}"
    )


_USER = "{{ message['role'].upper() }}: "
_CHATML = "<|im_start|>{{ message['role'] }}\n"


def make_tokenizer(
    extra: Mapping[str, str] | None = None, marks: tuple[str, ...] = (), **names: Any
) -> PreTrainedTokenizerFast:
    """One token per character. `extra` are marks by the names that a processor knows them under."""
    named = dict(extra or {})
    words = dict.fromkeys([*MARKS, *named.values(), *marks, *LETTERS])
    plain = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>")
    )
    plain.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    plain.decoder = decoders.Fuse()
    usual = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, extra_special_tokens=named, **(usual | names)
    )
    tokenizer.add_tokens(list(marks), special_tokens=True)
    return tokenizer


def build_llava(folder: Path, *, seed: int = 0) -> Path:
    tokenizer = make_tokenizer({"image_token": "<image>"})
    config = transformers.LlavaConfig(
        vision_config={"model_type": "clip_vision_model", "patch_size": 16, **_VISION},
        text_config={"model_type": "llama", "vocab_size": len(tokenizer), **_TEXT},
        image_token_index=tokenizer.image_token_id,
    )
    processor = transformers.LlavaProcessor(
        transformers.CLIPImageProcessorPil(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
        ),
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=_write_template(_USER, "<image>\n", " ", "ASSISTANT:"),
    )
    return _save(folder, transformers.LlavaForConditionalGeneration, config, processor, seed)


def build_llava_next(folder: Path, *, seed: int = 0) -> Path:
    tokenizer = make_tokenizer({"image_token": "<image>"})
    config = transformers.LlavaNextConfig(
        vision_config={"model_type": "clip_vision_model", "patch_size": 16, **_VISION},
        text_config={"model_type": "llama", "vocab_size": len(tokenizer), **_TEXT},
        image_token_index=tokenizer.image_token_id,
        image_grid_pinpoints=_PINPOINTS,
    )
    processor = transformers.LlavaNextProcessor(
        transformers.LlavaNextImageProcessorPil(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE},
            image_grid_pinpoints=_PINPOINTS,
        ),
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=_write_template(
            "{% if message['role'] == 'user' %}[INST] ", "<image>\n", " [/INST]{% endif %}", "",
        ),
    )  # fmt: skip
    return _save(folder, transformers.LlavaNextForConditionalGeneration, config, processor, seed)


def build_llava_onevision(folder: Path, *, seed: int = 0) -> Path:
    tokenizer = make_tokenizer(
        {"image_token": "<image>", "video_token": "<video>"}, ("<|im_start|>", "<|im_end|>")
    )
    config = transformers.LlavaOnevisionConfig(
        vision_config={"model_type": "siglip_vision_model", "patch_size": 16, **_VISION},
        text_config={"model_type": "qwen2", "vocab_size": len(tokenizer), **_TEXT},
        image_token_index=tokenizer.image_token_id,
        video_token_index=tokenizer.video_token_id,
        image_grid_pinpoints=_PINPOINTS,
    )
    processor = llava_onevision.LlavaOnevisionProcessor(
        transformers.LlavaOnevisionImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, image_grid_pinpoints=_PINPOINTS
        ),
        tokenizer,
        num_image_tokens=4,
        vision_feature_select_strategy="full",
        chat_template=_write_template(
            _CHATML, "<image>\n", "<|im_end|>\n", "<|im_start|>assistant\n"
        ),
    )
    return _save(
        folder, transformers.LlavaOnevisionForConditionalGeneration, config, processor, seed
    )


def build_internvl(folder: Path, *, seed: int = 0) -> Path:
    tokenizer = make_tokenizer(
        {
            "start_image_token": "<img>", "end_image_token": "</img>",
            "context_image_token": "<IMG_CONTEXT>", "video_token": "<video>",
        },
        ("<|im_start|>", "<|im_end|>"),
    )  # fmt: skip
    config = transformers.InternVLConfig(
        vision_config=_VISION | {"image_size": [SIDE, SIDE], "patch_size": [8, 8]},
        text_config={"model_type": "qwen2", "vocab_size": len(tokenizer), **_TEXT},
        image_token_id=tokenizer.context_image_token_id,
        image_seq_length=4,
        downsample_ratio=0.5,
    )
    processor = internvl.InternVLProcessor(
        transformers.GotOcr2ImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, min_patches=1, max_patches=3
        ),
        tokenizer,
        image_seq_length=4,
        chat_template=_write_template(
            _CHATML, "<IMG_CONTEXT>\n", "<|im_end|>\n", "<|im_start|>assistant\n"
        ),
    )
    return _save(folder, transformers.InternVLForConditionalGeneration, config, processor, seed)


def build_phi4(folder: Path, *, seed: int = 0) -> Path:
    marks = ("<|user|>", "<|assistant|>", "<|end|>", "<|system|>")
    tokenizer = make_tokenizer(
        {"image_token": "<|endoftext10|>", "audio_token": "<|endoftext11|>"}, marks
    )
    config = transformers.Phi4MultimodalConfig(
        vision_config=_VISION
        | {"image_size": 56, "crop_size": 56, "image_token_id": tokenizer.image_token_id},
        audio_config={
            "hidden_size": 16, "intermediate_size": 16, "num_blocks": 1, "num_attention_heads": 2,
            "ext_pw_out_channel": 16, "depthwise_separable_out_channel": 16,
            "nemo_conv_channels": 16, "audio_token_id": tokenizer.audio_token_id,
        },
        vocab_size=len(tokenizer),
        original_max_position_embeddings=LONGEST,
        **_TEXT,
    )  # fmt: skip
    processor = phi4.Phi4MultimodalProcessor(
        phi4.Phi4MultimodalImageProcessorPil(
            size={"height": 56, "width": 56}, patch_size=14, dynamic_hd=4
        ),
        tokenizer,
        chat_template=_write_template(
            "<|{{ message['role'] }}|>", "<|endoftext10|>", "<|end|>", "<|assistant|>"
        ),
    )
    _save(folder, transformers.Phi4MultimodalForCausalLM, config, processor, seed)
    return _give_sight(folder, seed)


def _give_sight(folder: Path, seed: int) -> Path:
    """The adapter that it is published with, in the layers of its language model."""
    with without_progress_bars():
        model = transformers.Phi4MultimodalForCausalLM.from_pretrained(folder)
    torch.manual_seed(seed)
    settings = LoraConfig(
        r=2, lora_alpha=4, init_lora_weights=False,
        target_modules=r"model\.layers\.\d+\.(self_attn\.o_proj|mlp\.down_proj)",
    )  # fmt: skip
    adapted: Any = get_peft_model(model, settings)
    adapted.save_pretrained(folder / "vision-lora")
    return folder


def build_gemma3(folder: Path, *, seed: int = 0) -> Path:
    tokenizer = make_tokenizer(
        {
            "boi_token": "<start_of_image>", "eoi_token": "<end_of_image>",
            "image_token": "<image_soft_token>",
        },
        ("<start_of_turn>", "<end_of_turn>"),
    )  # fmt: skip
    config = transformers.Gemma3Config(
        vision_config={"model_type": "siglip_vision_model", "patch_size": 8, **_VISION},
        text_config={
            "model_type": "gemma3_text", "vocab_size": len(tokenizer), "head_dim": 8,
            "query_pre_attn_scalar": 8, "sliding_window": 64, **_TEXT,
        },
        mm_tokens_per_image=4,
        boi_token_index=tokenizer.boi_token_id,
        eoi_token_index=tokenizer.eoi_token_id,
        image_token_index=tokenizer.image_token_id,
    )  # fmt: skip
    processor = transformers.Gemma3Processor(
        transformers.Gemma3ImageProcessorPil(size={"height": SIDE, "width": SIDE}, **_MEAN),
        tokenizer,
        image_seq_length=4,
        chat_template=_write_template(
            "<start_of_turn>{{ message['role'] }}\n", "<start_of_image>", "<end_of_turn>\n",
            "<start_of_turn>model\n", start="{{ bos_token }}",
        ),
    )  # fmt: skip
    return _save(folder, transformers.Gemma3ForConditionalGeneration, config, processor, seed)


def build_qwen2_vl(folder: Path, *, seed: int = 0) -> Path:
    tokenizer, processor = _make_qwen(qwen_vl.Qwen2VLProcessor)
    config = transformers.Qwen2VLConfig(
        vision_config={
            "depth": 2, "embed_dim": 16, "hidden_size": 32, "num_heads": 2, "mlp_ratio": 2,
            "patch_size": 8,
        },
        **_make_qwen_config(tokenizer),
    )  # fmt: skip
    return _save(folder, transformers.Qwen2VLForConditionalGeneration, config, processor, seed)


def build_qwen25_vl(folder: Path, *, seed: int = 0) -> Path:
    tokenizer, processor = _make_qwen(qwen_vl.Qwen2_5_VLProcessor)
    config = transformers.Qwen2_5_VLConfig(
        vision_config={
            "depth": 2, "hidden_size": 16, "intermediate_size": 32, "out_hidden_size": 32,
            "num_heads": 2, "patch_size": 8, "window_size": 32, "fullatt_block_indexes": [1],
        },
        **_make_qwen_config(tokenizer),
    )  # fmt: skip
    return _save(folder, transformers.Qwen2_5_VLForConditionalGeneration, config, processor, seed)


def _make_qwen(processor_class: Any) -> tuple[PreTrainedTokenizerFast, Any]:
    marks = ("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>")
    tokenizer = make_tokenizer(
        {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"}, marks
    )
    processor = processor_class(
        transformers.Qwen2VLImageProcessorPil(
            patch_size=8, size={"shortest_edge": 16 * 16, "longest_edge": 64 * 64}
        ),
        tokenizer,
        chat_template=_write_template(
            _CHATML, "<|vision_start|><|image_pad|><|vision_end|>", "<|im_end|>\n",
            "<|im_start|>assistant\n",
        ),
    )  # fmt: skip
    return tokenizer, processor


def _make_qwen_config(tokenizer: Any) -> dict[str, Any]:
    return {
        "text_config": {
            "vocab_size": len(tokenizer), **_TEXT,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]
            },
        },
        "image_token_id": tokenizer.image_token_id,
        "video_token_id": tokenizer.video_token_id,
        "vision_start_token_id": tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        "vision_end_token_id": tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    }  # fmt: skip


BUILDERS: Mapping[str, Callable[..., Path]] = {
    "llava": build_llava,
    "llava-next": build_llava_next,
    "llava-onevision": build_llava_onevision,
    "internvl": build_internvl,
    "phi4": build_phi4,
    "gemma3": build_gemma3,
    "qwen2-vl": build_qwen2_vl,
    "qwen2.5-vl": build_qwen25_vl,
}
"""By name of the folder that is made; the last two are of one family."""


def _save(folder: Path, model_class: Any, config: Any, processor: Any, seed: int) -> Path:
    torch.manual_seed(seed)
    model = model_class(config).eval()
    for weight in model.parameters():
        if weight.dim() > 1 and not weight.any():  # some begin at nothing: pictures would be blank
            torch.nn.init.normal_(weight, std=0.2)
    with without_progress_bars():
        model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
