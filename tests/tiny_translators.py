"""Tiny translators of the real classes, which have learnt a few captions by heart."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import decoders

from ml.loading.pretrained import without_progress_bars
from tests import tiny_pieces
from tests.tiny_encoders import LETTERS, make_tokenizer

Lesson = tuple[str, str, str]  # a text, the language it is put into, what it is there

_LEARNT, _MOST_STEPS = 0.02, 600
# How Gemma is asked, but for what a turn may hold besides text.
GEMMA = (
    "{{ '<s>' }}{% for message in messages %}{{ '<start_of_turn>' + message['role'] + '\n' }}"
    "{{ message['content'] }}{{ '<end_of_turn>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)
# How TranslateGemma is asked: by codes that the template knows.
TRANSLATE_GEMMA = (
    "{% set languages = {'en': 'English', 'id': 'Indonesian'} %}{% set part = "
    "messages[0]['content'][0] %}{{ '<s>' + part['source_lang_code'] + '>' + "
    "languages[part['target_lang_code']] + ':' + part['text'] + '<end_of_turn>' }}"
)


def learn(model: Any, lesson: Mapping[str, torch.Tensor]) -> None:
    """By heart: until it says nothing else to what it was taught."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    model.train()
    for _ in range(_MOST_STEPS):
        loss = model(**lesson).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if float(loss.detach()) < _LEARNT:
            break
    else:
        raise AssertionError("It has not learnt what it is asked; train it longer.")
    model.eval()


def _make_tokenizer(marks: Sequence[str]) -> transformers.PreTrainedTokenizerFast:
    """It writes letters without spaces between them."""
    tokenizer = make_tokenizer(additional_special_tokens=list(marks))
    tokenizer.add_tokens([" ", "\n"])
    tokenizer.backend_tokenizer.decoder = decoders.Fuse()
    return tokenizer


def build_m2m(folder: Path, lessons: Sequence[Lesson]) -> Path:
    """With M2M100's own tokenizer, whose languages have numbers behind those of all pieces."""
    texts = [text for asked, _, told in lessons for text in (asked, told)]
    model = tiny_pieces.learn(texts)
    pieces = dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", *tiny_pieces.list_pieces(model)])
    folder.mkdir()
    (folder / "vocab.json").write_text(json.dumps({each: n for n, each in enumerate(pieces)}))
    (folder / "sentencepiece.bpe.model").write_bytes(model)
    tokenizer = transformers.M2M100Tokenizer(
        str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model")
    )
    find = {code: tokenizer.convert_tokens_to_ids(f"__{code}__") for _, code, _ in lessons}
    size = len(pieces) + len(tokenizer.lang_token_to_id)
    return _build_seq_to_seq(folder, tokenizer, find, lessons, size)


def build_nllb(folder: Path, lessons: Sequence[Lesson]) -> Path:
    """With NLLB's own tokenizer, its vocabulary one token for each letter."""
    names = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS]
    tokenizer = transformers.NllbTokenizer(
        vocab={name: number for number, name in enumerate(names)}, merges=[]
    )
    find = {code: tokenizer.convert_tokens_to_ids(code) for _, code, _ in lessons}
    return _build_seq_to_seq(folder, tokenizer, find, lessons, len(tokenizer))


def _build_seq_to_seq(
    folder: Path, tokenizer: Any, find: Mapping[str, int], lessons: Sequence[Lesson], size: int
) -> Path:
    torch.manual_seed(0)
    end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    config = transformers.M2M100Config(
        vocab_size=size, d_model=32, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=64,
        decoder_ffn_dim=64, max_position_embeddings=40, pad_token_id=pad,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=end, decoder_start_token_id=end,
        dropout=0.0, attention_dropout=0.0, activation_dropout=0.0, encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
    )  # fmt: skip
    model = transformers.M2M100ForConditionalGeneration(config)
    inputs = tokenizer([text for text, _, _ in lessons], return_tensors="pt", padding=True)
    plain = [tokenizer(text, add_special_tokens=False)["input_ids"] for _, _, text in lessons]
    rows = [[end, find[code], *ids] for (_, code, _), ids in zip(lessons, plain, strict=True)]
    longest = max(map(len, rows))
    fill = [longest - len(row) for row in rows]
    # The language is told, not learnt.
    told = [[-100, *row[2:], end, *[-100] * n] for row, n in zip(rows, fill, strict=True)]
    lesson = {
        "input_ids": inputs["input_ids"],
        "attention_mask": inputs["attention_mask"],
        "decoder_input_ids": torch.tensor(
            [row + [pad] * n for row, n in zip(rows, fill, strict=True)]
        ),
        "labels": torch.tensor(told),
    }
    learn(model, lesson)
    with without_progress_bars():
        model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def build_gemma(folder: Path, lessons: Sequence[tuple[Any, str]], *, template: str = GEMMA) -> Path:
    """Lessons are what the user's turn holds, and the answer."""
    marks = ["<start_of_turn>", "<end_of_turn>"]
    tokenizer = _make_tokenizer(marks)
    tokenizer.chat_template = template
    end = tokenizer.convert_tokens_to_ids("<end_of_turn>")
    torch.manual_seed(0)
    config = transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=16, max_position_embeddings=512,
        sliding_window=512, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        layer_types=["sliding_attention", "full_attention"],
    )  # fmt: skip
    model = transformers.Gemma3ForCausalLM(config)
    model.generation_config.eos_token_id = [2, end]
    model.generation_config.cache_implementation = None
    learn(model, _write_lesson(tokenizer, lessons, end))
    with without_progress_bars():
        model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _write_lesson(
    tokenizer: Any, lessons: Sequence[tuple[Any, str]], end: int
) -> dict[str, torch.Tensor]:
    rows, labels = [], []
    for content, answer in lessons:
        asked = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], add_generation_prompt=True, tokenize=True,
            return_dict=False,
        )  # fmt: skip
        told = [*tokenizer(answer, add_special_tokens=False)["input_ids"], end]
        rows.append(asked + told)
        labels.append([-100] * len(asked) + told)
    longest = max(map(len, rows))
    pad = [longest - len(row) for row in rows]
    return {
        "input_ids": torch.tensor([[0] * n + row for n, row in zip(pad, rows, strict=True)]),
        "attention_mask": torch.tensor([[0] * n + [1] * (longest - n) for n in pad]),
        "labels": torch.tensor([[-100] * n + row for n, row in zip(pad, labels, strict=True)]),
    }
