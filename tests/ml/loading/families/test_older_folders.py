"""Folders as transformers 4 wrote them: pictures and texts in files of their own, the template in
JSON, the names of marks in another shape, and settings that follow from the model left out.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ml.loading.families import registry
from ml.loading.problems import UnfitModel
from ml.loading.speaking.turns import Turn
from tests import tiny_speakers

from .conftest import CPU

Folders = Callable[[str], Path]
LLAVAS = ("llava", "llava-next", "llava-onevision")
BASIC = ("bos_token", "eos_token", "pad_token", "unk_token")
# What its fast image processors wrote besides.
FAST = {"data_format": "channels_first", "device": None, "return_tensors": None}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def write(path: Path, facts: object) -> None:
    path.write_text(json.dumps(facts), "utf-8")


def change(path: Path, **changes: object) -> None:
    write(path, read(path) | changes)


def split(folder: Path, *, is_fast: bool = False) -> Path:
    facts = read(folder / "processor_config.json")
    pixels = facts.pop("image_processor") | {"processor_class": facts["processor_class"]}
    if is_fast:
        pixels |= FAST | {"image_processor_type": f"{pixels['image_processor_type']}Fast"}
    if "longest_edge" in pixels["size"]:  # of Qwen-VL
        size = pixels.pop("size")
        pixels |= {"min_pixels": size["shortest_edge"], "max_pixels": size["longest_edge"]}
    write(folder / "preprocessor_config.json", pixels)
    write(folder / "processor_config.json", facts)
    template = folder / "chat_template.jinja"
    write(folder / "chat_template.json", {"chat_template": template.read_text("utf-8")})
    template.unlink()
    words = read(folder / "tokenizer_config.json")
    words["extra_special_tokens"] = {
        name: words[name] for name in words if name.endswith("_token") and name not in BASIC
    }
    words["tokenizer_class"] = "PreTrainedTokenizerFast"
    del words["backend"]
    write(folder / "tokenizer_config.json", words)
    return folder


def leave_tokens_unnamed(folder: Path) -> None:
    words = read(folder / "tokenizer_config.json")
    for name in words.pop("extra_special_tokens"):
        del words[name]
    write(folder / "tokenizer_config.json", words)


@pytest.fixture
def older(folders: Folders, tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, **how: Any) -> Path:
        return split(Path(shutil.copytree(folders(name), tmp_path / name)), **how)

    return make


def check_same(older: Path, whole: Path, turns: list[Turn]) -> None:
    found, wanted = (registry.load(each, CPU, model=False).encode(turns) for each in (older, whole))
    assert set(found) == set(wanted)
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name


@pytest.mark.parametrize("is_fast", [False, True])
@pytest.mark.parametrize("name", tiny_speakers.BUILDERS)
def test_what_is_said_is_encoded_as_with_a_newer_folder(
    name: str, older: Callable[..., Path], folders: Folders, turns: list[Turn], *, is_fast: bool
) -> None:
    check_same(older(name, is_fast=is_fast), folders(name), turns)


@pytest.mark.parametrize("name", tiny_speakers.BUILDERS)
def test_a_folder_that_says_nothing_of_its_processor_takes_it_from_the_model(
    name: str, older: Callable[..., Path], folders: Folders, turns: list[Turn]
) -> None:
    folder = older(name)
    (folder / "processor_config.json").unlink()
    check_same(folder, folders(name), turns)


@pytest.mark.parametrize("name", [*LLAVAS, "qwen2-vl", "qwen2.5-vl"])
def test_the_usual_names_of_marks_need_not_be_said(
    name: str, older: Callable[..., Path], folders: Folders, turns: list[Turn]
) -> None:
    folder = older(name)
    (folder / "processor_config.json").unlink()
    leave_tokens_unnamed(folder)
    check_same(folder, folders(name), turns)


@pytest.mark.parametrize("name", LLAVAS)
def test_the_model_counts_where_its_processor_says_otherwise(
    name: str, older: Callable[..., Path], folders: Folders, turns: list[Turn]
) -> None:
    """As folders do that were trained from an older one: nothing, or the defaults of a class."""
    folder = older(name)
    change(
        folder / "processor_config.json", patch_size=None, num_additional_image_tokens=0,
        num_image_tokens=None, vision_feature_select_strategy=None,
    )  # fmt: skip
    check_same(folder, folders(name), turns)


def test_an_older_folder_answers_with_its_picture(
    older: Callable[..., Path], turns: list[Turn]
) -> None:
    folder = older("llava")
    (folder / "processor_config.json").unlink()
    speaker = registry.load(folder, CPU)
    said = speaker.model.generate(**speaker.encode(turns[:1]), max_new_tokens=2, do_sample=False)
    assert len(said[0]) > 2


@pytest.mark.parametrize("name", ["llava", "llava-next"])
def test_of_an_unknown_tower_the_folder_must_say_what_it_adds_to_its_patches(
    name: str, older: Callable[..., Path], folders: Folders, turns: list[Turn]
) -> None:
    folder = older(name)
    tower = read(folder / "config.json")["vision_config"] | {"model_type": "dinov2"}
    change(folder / "config.json", vision_config=tower)
    check_same(folder, folders(name), turns)
    (folder / "processor_config.json").unlink()
    with pytest.raises(
        UnfitModel,
        match=r"does not say how many tokens a picture takes: its processor_config.json lacks "
        "'num_additional_image_tokens'",
    ):
        registry.load(folder, CPU, model=False)
