"""Which folders can be asked, and why others cannot."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file, save_file

from ml.loading import hub
from ml.loading.families import registry
from ml.loading.pretrained import without_progress_bars
from ml.loading.problems import UnfitModel
from ml.loading.speaking.turns import Turn
from specs.families import registry as specs
from tests import tiny_encoders, tiny_speakers

from .conftest import CPU

Folders = Callable[[str], Path]
every_family = pytest.mark.parametrize("name", tiny_speakers.BUILDERS)


@pytest.fixture
def spoil(folders: Folders, tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copytree(folders(name), tmp_path / "model"))


def change(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


@every_family
def test_a_folder_says_its_family(name: str, folders: Folders) -> None:
    family, model_type = registry.look_at(folders(name))
    assert model_type in family.model_types
    assert family.method == {"qwen2-vl": "qwen-vl", "qwen2.5-vl": "qwen-vl"}.get(name, name)


@every_family
def test_the_whole_of_a_folder_is_what_is_brought_from_a_hub(name: str, folders: Folders) -> None:
    folder = folders(name)
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    assert "chat_template.jinja" in files
    assert hub.choose_files(files) == files


def test_every_type_has_a_class() -> None:
    for family in specs.list_families():
        assert len(family.model_types) == len(family.class_names)
        assert all(hasattr(transformers, name) for name in family.class_names)


@every_family
def test_a_family_says_what_every_weight_is_for_and_names_nothing_that_is_not_there(
    name: str, folders: Folders
) -> None:
    model = registry.read(folders(name))
    family, _ = registry.look_at(folders(name))
    parts = registry.find_parts(family)
    weights = [weight for weight, _ in model.named_parameters(remove_duplicate=False)]
    assert [weight for weight in weights if parts.find(weight) is None] == []
    named = (*parts.language, *parts.vision, *parts.projector, *parts.hearing)
    assert [each for each in named if not any(w.startswith(each) for w in weights)] == []


def test_no_type_belongs_to_two_families() -> None:
    types = [name for family in specs.list_families() for name in family.model_types]
    assert len(set(types)) == len(types)


@pytest.mark.parametrize(
    ("model_type", "sentence"),
    [
        ("phi3_v", "Phi-3.5-vision have no class in transformers .* Phi-4 multimodal has one"),
        ("internvl_chat", "under a name that ends in -hf"),
        ("phi4mm", "in the form that runs code of its own"),
        ("bert", "Models of the type 'bert' are of no known family. The families are: Gemma 3,"),
    ],
)
def test_a_model_that_cannot_be_asked_is_refused_with_what_can(
    spoil: Callable[[str], Path], model_type: str, sentence: str
) -> None:
    folder = spoil("llava")
    change(folder / "config.json", model_type=model_type)
    with pytest.raises(UnfitModel, match=sentence):
        registry.look_at(folder)


def test_a_model_of_pictures_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitModel, match="Models of the type 'clip' are of no known family"):
        registry.load(tiny_encoders.build_clip(tmp_path / "clip"), CPU)


def test_a_folder_without_a_tokenizer_is_refused(spoil: Callable[[str], Path]) -> None:
    folder = spoil("llava")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UnfitModel, match="has no tokenizer"):
        registry.load(folder, CPU)


@every_family
def test_a_folder_that_does_not_say_how_pictures_are_prepared_is_refused(
    name: str, spoil: Callable[[str], Path]
) -> None:
    """And not taken for a bare tokenizer."""
    folder = spoil(name)
    for file in ("processor_config.json", "preprocessor_config.json"):
        (folder / file).unlink(missing_ok=True)
    with pytest.raises(UnfitModel, match="does not say how pictures and questions are prepared"):
        registry.load(folder, CPU)


def test_a_folder_without_a_chat_template_is_refused(spoil: Callable[[str], Path]) -> None:
    folder = spoil("llava")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(UnfitModel, match="has no chat template"):
        registry.load(folder, CPU)


def test_a_folder_that_lacks_tensors_is_refused(spoil: Callable[[str], Path]) -> None:
    folder = spoil("llava")
    tensors = load_file(folder / "model.safetensors")
    dropped = min(tensors)
    kept = {name: tensor for name, tensor in tensors.items() if name != dropped}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(UnfitModel, match="is no whole LlavaForConditionalGeneration: it lacks 1"):
        registry.load(folder, CPU)


def test_a_folder_that_brings_code_is_refused(spoil: Callable[[str], Path]) -> None:
    folder = spoil("llava")
    change(folder / "config.json", auto_map={"AutoModel": "modeling.Llava"})
    with pytest.raises(UnfitModel, match="brings code of its own"):
        registry.load(folder, CPU)


def test_texts_can_be_counted_without_a_model(folders: Folders) -> None:
    speaker = registry.load(folders("llava"), CPU, model=False)
    assert speaker.model is None
    assert speaker.count_words("rice") == 4
    assert speaker.longest == tiny_speakers.LONGEST


def test_the_adapter_with_which_phi4_sees_is_added_to_its_weights(
    spoil: Callable[[str], Path],
) -> None:
    """As peft does it, and the same in every number format: the sum is that of the files."""
    folder = spoil("phi4")
    with without_progress_bars():
        plain = transformers.Phi4MultimodalForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
        plain.save_pretrained(folder)
    weights = {name: tensor.clone() for name, tensor in plain.state_dict().items()}
    adapted: Any = PeftModel.from_pretrained(plain, str(folder / "vision-lora"))
    expected = adapted.merge_and_unload().state_dict()
    stored = registry.read(folder).state_dict()
    changed = {name for name in stored if not torch.equal(stored[name], weights[name])}
    ends = ("self_attn.o_proj.weight", "mlp.down_proj.weight")
    assert changed == {
        name for name in stored if name.startswith("model.layers") and name.endswith(ends)
    }
    live = registry.load(folder, CPU).model.state_dict()
    for name, tensor in stored.items():
        torch.testing.assert_close(tensor, expected[name], rtol=2**-7, atol=1e-6)
        assert torch.equal(live[name], tensor.float())


def test_an_adapter_of_another_model_is_refused(spoil: Callable[[str], Path]) -> None:
    folder = spoil("phi4")
    file = folder / "vision-lora" / "adapter_model.safetensors"
    tensors = load_file(file)
    save_file({name.replace("o_proj", "out"): each for name, each in tensors.items()}, file)
    with pytest.raises(UnfitModel, match=r"'vision-lora' does not fit the base: .*attn\.out', and"):
        registry.load(folder, CPU)


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ("adapter_model.safetensors", "a folder 'vision-lora' that holds no adapter of peft"),
        ("adapter_config.json", "lacks the file 'vision-lora/adapter_config.json'"),
    ],
)
def test_half_an_adapter_is_refused(
    spoil: Callable[[str], Path], lacking: str, sentence: str
) -> None:
    folder = spoil("phi4")
    (folder / "vision-lora" / lacking).unlink()
    with pytest.raises(UnfitModel, match=sentence):
        registry.load(folder, CPU)


PLAIN = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def test_a_template_that_takes_plain_text_gets_the_mark_of_the_picture_in_it(
    spoil: Callable[[str], Path], turns: list[Turn]
) -> None:
    folder = spoil("phi4")
    (folder / "chat_template.jinja").write_text(PLAIN, "utf-8")
    speaker = registry.load(folder, CPU, model=False)
    assert speaker.write(turns[0]) == "<|user|><|endoftext10|>What is it?<|end|><|assistant|>"
    assert speaker.write(turns[2]) == (
        "<|system|>You look closely.<|end|><|user|><|endoftext10|>Where?<|end|><|assistant|>"
    )
    assert speaker.count_tokens(turns[0]) > speaker.count_tokens(Turn(text="What is it?")) + 3
    lesson = speaker.encode_lesson(turns[0], "rice")
    assert speaker.tokenizer.convert_ids_to_tokens(lesson.labels[-1].item()) == "<|end|>"


def test_an_answer_ends_with_the_end_of_a_text_where_a_template_writes_nothing_behind_it(
    folders: Folders, turns: list[Turn]
) -> None:
    speaker = registry.load(folders("llava"), CPU, model=False)
    lesson = speaker.encode_lesson(turns[0], "rice")
    assert speaker.tokenizer.convert_ids_to_tokens(lesson.labels[-1].item()) == "</s>"
