"""Tiny encoders of the real classes, made from configurations."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

LETTERS = [chr(code) for code in range(33, 127)]
PATCH, SIDE, TOKENS = 8, 32, 24

_TEXT = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "max_position_embeddings": TOKENS, "vocab_size": 100, "bos_token_id": 1, "eos_token_id": 2,
    "pad_token_id": 0,
}  # fmt: skip
_VISION = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "patch_size": PATCH,
}  # fmt: skip


def make_tokenizer(**extra: Any) -> PreTrainedTokenizerFast:
    """One token per printable character, an end token after each text."""
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    words = {word: number for number, word in enumerate([*special, *LETTERS])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 2)]
    )
    names = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **(names | extra))


def build_clip(
    folder: Path, *, seed: int = 0, size: Mapping[str, Any] | None = None, layers: int = 2
) -> Path:
    torch.manual_seed(seed)
    depth = {"num_hidden_layers": layers}
    config = transformers.CLIPConfig(
        text_config=_TEXT | depth,
        vision_config=_VISION | depth | {"image_size": SIDE},
        projection_dim=12,
    )
    processor = transformers.CLIPImageProcessorPil(
        size=size or {"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    return _save(folder, transformers.CLIPModel(config), processor)


def build_siglip(folder: Path, *, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    config = transformers.SiglipConfig(
        text_config=_TEXT, vision_config=_VISION | {"image_size": SIDE}
    )
    processor = transformers.SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return _save(folder, transformers.SiglipModel(config), processor)


def build_siglip2(folder: Path, *, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    config = transformers.Siglip2Config(
        text_config=_TEXT, vision_config=_VISION | {"num_patches": 16}
    )
    processor = transformers.Siglip2ImageProcessorPil(patch_size=PATCH, max_num_patches=16)
    return _save(folder, transformers.Siglip2Model(config), processor)


def _save(folder: Path, model: Any, processor: Any) -> Path:
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


def build_sentences(
    folder: Path, texts: Sequence[str], *, seed: int = 0, layers: int = 0, width: int = 96
) -> Path:
    """A sentence encoder of BERT's class. Without layers it is a bag of pieces of words: pieces
    that are frequent in `texts` (byte-pair encoding), each a random direction, so that texts which
    share pieces lie near each other. It knows no meaning and no other language.
    """
    torch.manual_seed(seed)
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.BpeTrainer(
        vocab_size=2000, special_tokens=special, max_token_length=6, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=256,
        **dict(zip(names, special, strict=True)),
    )
    config = transformers.BertConfig(
        vocab_size=len(fast), hidden_size=width, num_hidden_layers=layers, num_attention_heads=4,
        intermediate_size=32, max_position_embeddings=256, pad_token_id=0,
    )  # fmt: skip
    model = transformers.BertModel(config, add_pooling_layer=False)
    with torch.no_grad():
        embeddings = model.embeddings
        embeddings.word_embeddings.weight.normal_()
        if not layers:
            embeddings.position_embeddings.weight.zero_()
            embeddings.token_type_embeddings.weight.zero_()
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
