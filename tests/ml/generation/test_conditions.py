"""Prompts are encoded once, as the pipeline would, and what does not fit is told."""

from pathlib import Path
from typing import Any

import pytest
import torch

from ml.generation.conditions import Conditions
from ml.loading import pipelines
from ml.loading.prompts import Prompt

from .conftest import CPU

LONG = "x" * 75  # with both marks 77 tokens: one letter is one token


@pytest.fixture(scope="module", params=["sdxl", "sd15"])
def pipeline(request: pytest.FixtureRequest) -> Any:
    return pipelines.load_pipeline(request.getfixturevalue(request.param), CPU)


@pytest.fixture
def encoded(pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked of the text encoders."""
    calls: list[dict[str, Any]] = []
    encode = pipeline.encode_prompt
    monkeypatch.setattr(
        pipeline, "encode_prompt", lambda **told: (calls.append(told), encode(**told))[1]
    )
    return calls


def make(*texts: str) -> list[Prompt]:
    return [Prompt(key=text, text=text) for text in texts]


@pytest.mark.parametrize("negative", ["", "blurred"])
def test_embeddings_are_those_that_the_pipeline_makes(pipeline: Any, negative: str) -> None:
    found = Conditions(pipeline, guided=True).stack(make("bread"), [negative])
    expected = pipeline.encode_prompt(
        prompt="bread",
        device="cpu",
        num_images_per_prompt=1,
        do_classifier_free_guidance=True,
        negative_prompt=negative or None,
    )
    assert len(found) == len(expected)
    names = ("prompt_embeds", "negative_prompt_embeds")
    for name, tensor in zip(names, expected, strict=False):
        assert torch.equal(found[name], tensor)
    if "pooled_prompt_embeds" in found:
        assert torch.equal(found["pooled_prompt_embeds"], expected[2])
        assert torch.equal(found["negative_pooled_prompt_embeds"], expected[3])


def test_a_text_is_encoded_once_however_often_it_is_asked_for(
    pipeline: Any, encoded: list[dict[str, Any]]
) -> None:
    conditions = Conditions(pipeline, guided=True)
    one = conditions.stack(make("bread", "rice", "bread"), ["", "", "dark"])
    two = conditions.stack(make("rice", "bread", "rice"), ["", "dark", ""])
    assert len(encoded) == 4  # bread, rice, no negative, dark
    assert torch.equal(one["prompt_embeds"][0], one["prompt_embeds"][2])
    assert torch.equal(one["prompt_embeds"][1], two["prompt_embeds"][0])
    assert torch.equal(one["negative_prompt_embeds"][2], two["negative_prompt_embeds"][1])


def test_past_the_limit_of_memory_the_oldest_is_encoded_again_with_the_same_result(
    pipeline: Any, encoded: list[dict[str, Any]]
) -> None:
    conditions = Conditions(pipeline, guided=False, most_bytes=1)
    first = conditions.stack(make("bread"), [""])
    conditions.stack(make("rice"), [""])
    again = conditions.stack(make("bread"), [""])
    assert [told["prompt"] for told in encoded] == ["bread", "rice", "bread"]
    assert torch.equal(first["prompt_embeds"], again["prompt_embeds"])


def test_without_guidance_nothing_negative_is_encoded(pipeline: Any) -> None:
    found = Conditions(pipeline, guided=False).stack(make("bread"), ["dark"])
    assert not [name for name in found if name.startswith("negative_")]


def test_prompt_of_77_tokens_fits_and_the_next_letter_is_told(pipeline: Any) -> None:
    conditions = Conditions(pipeline, guided=True)
    assert conditions.measure(LONG).num_tokens == 77
    assert conditions.measure(LONG).text == ""
    cut = conditions.measure(f"{LONG}yz")
    assert cut.num_tokens == 79
    assert cut.text == "yz"


def test_two_tokenizers_that_cut_differently_are_both_told(sdxl: Path) -> None:
    pipeline: Any = pipelines.load_pipeline(sdxl, CPU)
    pipeline.tokenizer_2 = type(pipeline.tokenizer).from_pretrained(
        sdxl / "tokenizer_2", model_max_length=70
    )
    cut = Conditions(pipeline, guided=True).measure(f"{'x' * 66} abcdef ghijk")
    assert cut.num_tokens == 79
    assert cut.by_tokenizer == {"tokenizer": "jk", "tokenizer_2": "cdef ghijk"}
    assert cut.text == "cdef ghijk"
    only_one = Conditions(pipeline, guided=True).measure("x" * 70)
    assert only_one.by_tokenizer == {"tokenizer_2": "xx"}
