"""Tiny judges of the real classes, which have learnt to tell red from blue."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertTokenizerFast,
    BlipConfig,
    BlipForQuestionAnswering,
    BlipImageProcessorPil,
    BlipProcessor,
    CLIPImageProcessorPil,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from ml import digests
from ml.benchmarks.judging import Asked
from ml.loading.pretrained import without_progress_bars

SIDE = 32
QUESTION = "Is it red?"
COLOURS = {"red": (220, 30, 20), "blue": (20, 40, 220)}
_VISION = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "image_size": SIDE, "patch_size": 16,
}  # fmt: skip
# How LLaVA-1.5 is asked.
TEMPLATE = (
    "{% for message in messages %}{{ message['role'].upper() + ': ' }}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}{{ '<image> ' }}{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{{ ' ' }}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def paint(colour: str, shade: int = 0) -> Image.Image:
    return Image.new("RGB", (40, 48), tuple(value + shade for value in COLOURS[colour]))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pictures")
    for colour in COLOURS:
        paint(colour).save(folder / f"{colour}.png")
    return {colour: folder / f"{colour}.png" for colour in COLOURS}


@pytest.fixture(scope="session")
def ask(pictures: dict[str, Path]) -> Callable[..., Asked]:
    def make(colour: str, question: str = QUESTION, **changes: Any) -> Asked:
        path = pictures[colour]
        place = {"variant": "model", "item_id": colour, "proposition_id": 1, "crop": "0"}
        return Asked(
            picture=path, sha256=digests.of_file(path), question=question, **(place | changes)
        )

    return make


def learn(model: Any, inputs: Callable[[], Any], steps: int) -> None:
    """On two pictures only: what a test asks of it, it knows."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _ in range(steps):
        loss = model(**inputs()).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.1, "It has not learnt what it is asked; train it longer."


@pytest.fixture(scope="session")
def blip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]", "[ENC]"]
    words = [*marks, "is", "it", "red", "blue", "?", "yes", "no"]
    tokenizer = BertTokenizerFast(
        vocab={word: number for number, word in enumerate(words)},
        additional_special_tokens=["[DEC]", "[ENC]"],
    )
    text = {
        "vocab_size": len(words), "hidden_size": 16, "encoder_hidden_size": 16,
        "intermediate_size": 32, "projection_dim": 16, "num_hidden_layers": 1,
        "num_attention_heads": 2, "max_position_embeddings": 32, "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0, "pad_token_id": 0, "eos_token_id": 3,
        "sep_token_id": 3, "bos_token_id": words.index("[DEC]"),
    }  # fmt: skip
    torch.manual_seed(0)
    model = BlipForQuestionAnswering(
        BlipConfig(text_config=text, vision_config=_VISION, projection_dim=16)
    )
    processor = BlipProcessor(
        BlipImageProcessorPil(size={"height": SIDE, "width": SIDE}), tokenizer
    )
    asked = processor(
        images=[paint("red"), paint("blue")], text=[QUESTION] * 2, return_tensors="pt"
    )
    answers = tokenizer(["yes", "no"], return_tensors="pt").input_ids
    answers[:, 0] = words.index("[DEC]")  # with which an answer begins
    learn(model, lambda: {**asked, "labels": answers, "decoder_input_ids": answers}, 40)
    folder = tmp_path_factory.mktemp("judges") / "blip"
    with without_progress_bars():
        model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = "USER ASSISTANT : Is it red blue ? Answer yes or no . Yes No"
    words = ["<unk>", "<s>", "</s>", "<pad>", "<image>", *text.split()]
    plain = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token="<unk>", bos_token="<s>", eos_token="</s>",
        pad_token="<pad>", additional_special_tokens=["<image>"],
    )  # fmt: skip
    llama = {
        "model_type": "llama", "vocab_size": len(words), "hidden_size": 16,
        "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 2, "max_position_embeddings": 64, "bos_token_id": 1,
        "eos_token_id": 2, "pad_token_id": 3,
    }  # fmt: skip
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(
        LlavaConfig(
            vision_config={"model_type": "clip_vision_model", "projection_dim": 16, **_VISION},
            text_config=llama,
            image_token_index=words.index("<image>"),
            image_seq_length=4,
        )
    )
    processor = LlavaProcessor(
        CLIPImageProcessorPil(
            size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
        ),
        tokenizer,
        patch_size=16,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    )
    prompt = f"USER: <image> {QUESTION} Answer yes or no. ASSISTANT:"
    inputs = processor(
        images=[paint("red"), paint("blue")],
        text=[f"{prompt} Yes. </s>", f"{prompt} No. </s>"],
        return_tensors="pt",
    )
    labels = inputs["input_ids"].clone()
    labels[:, :-3] = -100
    learn(model, lambda: {**inputs, "labels": labels}, 60)
    folder = tmp_path_factory.mktemp("judges") / "llava"
    with without_progress_bars():
        model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
