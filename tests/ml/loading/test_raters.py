"""Models of people's taste from folders, compared with what their papers and code say of them."""

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from transformers import CLIPImageProcessorPil

from ml.loading.problems import UnfitModel
from ml.loading.raters import asked, image_reward
from tests import pictures, tiny_encoders, tiny_raters, tiny_speakers
from tests.tiny_raters import HEADS, LONGEST, MEAN, PATCH, STD

CAPTIONS = ["A kite", "A much longer caption than that", "x", ""]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_raters.build_image_reward(tmp_path_factory.mktemp("models") / "reward")


def open_pictures() -> list[Image.Image]:
    sizes = [(64, 48), (40, 90), (32, 32), (100, 100)]
    return [pictures.draw(width, height, seed=seed) for seed, (width, height) in enumerate(sizes)]


# What ImageReward computes, written from its architecture: a ViT with norms before each part, a
# BERT with norms behind each part that looks at the picture in every layer, and linear layers.


def linear(named: Mapping[str, Any], name: str, values: Any) -> Any:
    return values @ named[f"{name}.weight"].T + named[f"{name}.bias"]


def norm(named: Mapping[str, Any], name: str, values: Any, eps: float) -> Any:
    centred = values - values.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + eps)
    return centred / deviation * named[f"{name}.weight"] + named[f"{name}.bias"]


def gelu(values: Any) -> Any:
    return values * 0.5 * (1 + np.vectorize(math.erf)(values / math.sqrt(2)))


def attend(query: Any, key: Any, value: Any) -> Any:
    heads = []
    for part in range(HEADS):
        width = query.shape[-1] // HEADS
        columns = slice(part * width, (part + 1) * width)
        scores = query[:, columns] @ key[:, columns].T / math.sqrt(width)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        heads.append(shares / shares.sum(-1, keepdims=True) @ value[:, columns])
    return np.concatenate(heads, -1)


def see(named: Mapping[str, Any], pixels: Any) -> Any:
    """`pixels` [3, H, W]; patches row by row."""
    encoder = "blip.visual_encoder"
    rows, columns = pixels.shape[1] // PATCH, pixels.shape[2] // PATCH
    cut = [
        pixels[:, PATCH * r : PATCH * (r + 1), PATCH * c : PATCH * (c + 1)].reshape(-1)
        for r in range(rows)
        for c in range(columns)
    ]
    kernel = named[f"{encoder}.patch_embed.proj.weight"]
    patches = np.stack(cut) @ kernel.reshape(len(kernel), -1).T
    patches = patches + named[f"{encoder}.patch_embed.proj.bias"]
    values = np.concatenate([named[f"{encoder}.cls_token"][0], patches])
    values = values + named[f"{encoder}.pos_embed"][0]
    for layer in range(2):
        block = f"{encoder}.blocks.{layer}"
        inner = linear(named, f"{block}.attn.qkv", norm(named, f"{block}.norm1", values, 1e-6))
        values = values + linear(named, f"{block}.attn.proj", attend(*np.split(inner, 3, -1)))
        inner = linear(named, f"{block}.mlp.fc1", norm(named, f"{block}.norm2", values, 1e-6))
        values = values + linear(named, f"{block}.mlp.fc2", gelu(inner))
    return norm(named, f"{encoder}.norm", values, 1e-6)


def look(named: Mapping[str, Any], name: str, values: Any, at: Any) -> Any:
    query, key, value = (
        linear(named, f"{name}.self.{part}", of)
        for part, of in (("query", values), ("key", at), ("value", at))
    )
    found = linear(named, f"{name}.output.dense", attend(query, key, value))
    return norm(named, f"{name}.output.LayerNorm", values + found, 1e-12)


def read(named: Mapping[str, Any], tokens: list[int], seen: Any) -> Any:
    embeddings = "blip.text_encoder.embeddings"
    values = named[f"{embeddings}.word_embeddings.weight"][tokens]
    values = values + named[f"{embeddings}.position_embeddings.weight"][: len(tokens)]
    values = norm(named, f"{embeddings}.LayerNorm", values, 1e-12)
    for number in range(2):
        layer = f"blip.text_encoder.encoder.layer.{number}"
        values = look(named, f"{layer}.attention", values, values)
        values = look(named, f"{layer}.crossattention", values, seen)
        inner = gelu(linear(named, f"{layer}.intermediate.dense", values))
        found = values + linear(named, f"{layer}.output.dense", inner)
        values = norm(named, f"{layer}.output.LayerNorm", found, 1e-12)
    return values[0]


def compute_reward(named: Mapping[str, Any], pixels: Any, tokens: list[int]) -> float:
    value = read(named, tokens, see(named, pixels))
    for number in (0, 2, 4, 6, 7):
        value = linear(named, f"mlp.layers.{number}", value)
    return (float(value[0]) - MEAN) / STD


def test_the_reward_is_what_the_published_architecture_gives(folder: Path) -> None:
    """One picture and caption at a time, in double numbers, without padding."""
    opened = image_reward.load(folder, device="cpu")
    shots = open_pictures()
    found = opened.rate([opened.preprocessing.prepare(shot) for shot in shots], CAPTIONS)
    named = {
        name: tensor.double().numpy()
        for name, tensor in safetensors.torch.load_file(folder / "model.safetensors").items()
    }
    prepare = CLIPImageProcessorPil.from_pretrained(folder)
    wanted = []
    for shot, caption in zip(shots, CAPTIONS, strict=True):
        pixels = np.asarray(prepare(shot, return_tensors="np")["pixel_values"][0], np.float64)
        tokens = opened.tokenizer(caption)["input_ids"]
        if len(tokens) > LONGEST:  # cut so that the end token stays
            tokens = [*tokens[: LONGEST - 1], tokens[-1]]
        wanted.append(compute_reward(named, pixels, tokens))
    assert found == pytest.approx(wanted, abs=1e-4)
    assert len({round(each, 3) for each in found}) == 4


def test_a_picture_is_rated_alike_alone_and_among_others(folder: Path) -> None:
    opened = image_reward.load(folder, device="cpu")
    pixels = [opened.preprocessing.prepare(shot) for shot in open_pictures()]
    together = opened.rate(pixels, CAPTIONS)
    alone = [opened.rate([each], [text])[0] for each, text in zip(pixels, CAPTIONS, strict=True)]
    assert together == pytest.approx(alone, abs=1e-5)
    assert opened.rate(pixels, CAPTIONS) == together


def test_captions_that_are_not_read_whole_are_counted(folder: Path) -> None:
    opened = image_reward.load(folder, device="cpu")
    assert opened.count_cut(CAPTIONS) == 1
    assert opened.count_cut([]) == 0


def damage(folder: Path, **changes: Any) -> None:
    """Tensors by name: None takes one away."""
    path = folder / "model.safetensors"
    named = safetensors.torch.load_file(path) | changes
    safetensors.torch.save_file({k: v for k, v in named.items() if v is not None}, path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"blip.visual_encoder.norm.bias": None},
            "lacks the tensor 'post_layernorm.bias' of blip.visual_encoder",
        ),
        (
            {"blip.visual_encoder.blocks.7.norm1.bias": torch.ones(2)},
            "has the tensor 'encoder.layers.7.layer_norm1.bias'",
        ),
        (
            {"blip.text_encoder.embeddings.LayerNorm.bias": torch.ones(3)},
            r"in the shape \[3\]; its config.json says \[12\]",
        ),
        (
            {"mlp.layers.7.weight": torch.ones(2, 4), "mlp.layers.7.bias": torch.ones(2)},
            r"does not make one number: its layers 'mlp\.layers\.\*' end in 2",
        ),
        ({"mlp.layers.4.weight": None}, "layer 'mlp.layers.4' which does not take the 8 numbers"),
        ({"optimizer.step": torch.ones(1)}, "holds the tensor 'optimizer.step', which is no part"),
        (
            {"mlp.layers.7.bias": torch.tensor([math.nan])},
            "'mlp.layers.7.bias' of 'wrong' holds weights that are NaN",
        ),
    ],
)
def test_a_reward_model_that_is_not_whole_is_refused(
    folder: Path, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    wrong = shutil.copytree(folder, tmp_path / "wrong")
    damage(wrong, **changes)
    with pytest.raises(UnfitModel, match=sentence):
        image_reward.load(wrong, device="cpu")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mean": None}, "without the numbers mean, std and max_tokens"),
        ({"std": 0}, "std of 0 and"),
    ],
)
def test_a_head_without_its_numbers_is_refused(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    wrong = tiny_raters.build_image_reward(tmp_path / "wrong", **changes)
    with pytest.raises(UnfitModel, match=sentence):
        image_reward.load(wrong, device="cpu")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"vision_config": None}, "describes no BLIP"),
        ({"text_config": {"hidden_size": "wide"}}, "describes no BLIP"),
        ({"vision_config": {"hidden_size": 15, "num_attention_heads": 2}}, "describes no BLIP"),
        ({"vision_config": {"num_hidden_layers": 1}}, r"has the tensor '.*' of blip"),
    ],
)
def test_a_configuration_of_another_model_is_refused(
    folder: Path, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    wrong = shutil.copytree(folder, tmp_path / "wrong")
    config = json.loads((wrong / "config.json").read_text())
    (wrong / "config.json").write_text(json.dumps(config | changes))
    with pytest.raises(UnfitModel, match=sentence):
        image_reward.load(wrong, device="cpu")


def test_another_model_is_no_reward_model(tmp_path: Path) -> None:
    clip = tiny_encoders.build_clip(tmp_path / "clip")
    with pytest.raises(UnfitModel, match=r"of the family 'clip' and its config\.json has no 'rew"):
        image_reward.load(clip, device="cpu")


def test_the_published_checkpoint_is_a_pickle_and_refused(folder: Path, tmp_path: Path) -> None:
    wrong = shutil.copytree(folder, tmp_path / "wrong")
    (wrong / "model.safetensors").rename(wrong / "ImageReward.bin")
    with pytest.raises(UnfitModel, match="as a pickle"):
        image_reward.load(wrong, device="cpu")


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    answers = {"A kite": "4", "A drum": "Final Score: 2"}
    return tiny_raters.build_asked(
        tmp_path_factory.mktemp("models") / "llava", answers, open_pictures()[0]
    )


def test_a_rater_is_asked_by_the_folders_own_template_and_its_answer_is_kept(llava: Path) -> None:
    opened = asked.load(llava, device="cpu", max_new_tokens=20)
    shot = open_pictures()[0]
    captions = ["A kite", "A <image> kite", "A drum"]
    first, refused, second = opened.ask([shot] * 3, captions, template="Rate: {caption}")
    assert (first.text, first.finished) == ("4", True)
    assert second.text == "Final Score: 2"
    assert refused.held_mark == "<image>"
    assert opened.describe()["family"] == "llava"


@pytest.mark.parametrize("name", ["qwen2-vl", "qwen2.5-vl", "internvl"])
def test_a_rater_whose_class_prepares_videos_too_is_asked_without_torchvision(
    tmp_path: Path, name: str
) -> None:
    folder = tiny_speakers.BUILDERS[name](tmp_path / name)
    rater = asked.load(folder, device="cpu", max_new_tokens=3)
    answers = rater.ask(open_pictures()[:2], ["A kite", "x"], template="Rate: {caption}")
    assert len(answers) == 2
    alone = rater.ask(open_pictures()[:1], ["A kite"], template="Rate: {caption}")
    assert alone[0].text == answers[0].text


def test_an_answer_that_is_cut_says_so(llava: Path) -> None:
    opened = asked.load(llava, device="cpu", max_new_tokens=3)
    found = opened.ask([open_pictures()[0]], ["A drum"], template="Rate: {caption}")
    assert not found[0].finished


def test_a_rater_without_a_chat_template_is_refused(llava: Path, tmp_path: Path) -> None:
    bare = shutil.copytree(llava, tmp_path / "bare")
    (bare / "chat_template.jinja").unlink()
    with pytest.raises(UnfitModel, match="'bare' has no chat template"):
        asked.load(bare, device="cpu", max_new_tokens=3)
    assert "text_config" in json.loads((bare / "config.json").read_text())
