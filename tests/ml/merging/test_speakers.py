"""Vision-language models: shards, names of an older day, tied weights, and adapters of peft."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import (
    Gemma3ForConditionalGeneration,
    LlavaForConditionalGeneration,
    Phi4MultimodalForCausalLM,
)

from ml.answering import models as answering
from ml.devices import Computing
from ml.loading.families import registry
from ml.loading.pretrained import without_progress_bars
from ml.loading.problems import UnfitModel
from ml.loading.speaking import learnt
from ml.merging import streaming
from specs.quiz import QuizItem
from tests import tiny_speakers

from .conftest import Merge

Build = Callable[..., Path]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    folder = tmp_path_factory.mktemp("speakers")

    def make(family: str, seed: int) -> Path:
        path = folder / f"{family}-{seed}"
        return path if path.exists() else tiny_speakers.BUILDERS[family](path, seed=seed)

    return make


def reshape(base: Path, folder: Path, model_class: Any, shard_size: str) -> Path:
    """The same model in shards of this size, in bf16."""
    shutil.copytree(base, folder, ignore=shutil.ignore_patterns("model*.safetensors"))
    with without_progress_bars():
        model = model_class.from_pretrained(base, dtype=torch.bfloat16)
        model.save_pretrained(folder, max_shard_size=shard_size)
    return folder


def read_all(folder: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for path in sorted(folder.glob("model*.safetensors")):
        found |= load_file(path)
    return found


def load(model_class: Any, folder: Path) -> Any:
    with without_progress_bars():
        model, report = model_class.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    return model


@pytest.mark.parametrize(
    ("family", "model_class"),
    [("llava", LlavaForConditionalGeneration), ("gemma3", Gemma3ForConditionalGeneration)],
)
def test_shards_of_different_sizes_are_merged_and_load_again(
    family: str, model_class: Any, build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    """(1 - beta) a + beta b, in the shards of the base; what is tied is stored once."""
    base = reshape(build(family, 0), tmp_path / "base", model_class, "20KB")
    tuned = reshape(build(family, 1), tmp_path / "tuned", model_class, "50KB")
    shards = sorted(path.name for path in base.glob("*.safetensors"))
    assert len(shards) > 2
    assert shards != sorted(path.name for path in tuned.glob("*.safetensors"))
    run(base, tuned, betas=(0.25, 1.0))
    a, b, merged = read_all(base), read_all(tuned), read_all(out / "beta-0.25")
    assert sorted(path.name for path in (out / "beta-0.25").glob("*.safetensors")) == shards
    assert list(merged) == list(a)
    for name, tensor in merged.items():
        expected = (0.75 * a[name].double() + 0.25 * b[name].double()).to(torch.bfloat16)
        torch.testing.assert_close(tensor, expected, rtol=2**-7, atol=0)
    assert all(torch.equal(tensor, b[name]) for name, tensor in read_all(out / "beta-1").items())
    model = load(model_class, out / "beta-0.25")
    index = json.loads((out / "beta-0.25" / "model.safetensors.index.json").read_text())
    assert set(index["weight_map"]) == set(merged)
    if family == "gemma3":
        assert not any("lm_head" in name for name in merged)
        assert model.lm_head.weight is model.get_input_embeddings().weight
    assert (out / "beta-0.25" / "processor_config.json").is_file()


def write_adapter(
    base: Path, folder: Path, model_class: Any, targets: list[str]
) -> tuple[Path, dict[str, Tensor]]:
    """As transformers and peft write one, and what the model is with all of it."""
    with without_progress_bars():
        model = model_class.from_pretrained(base)
    torch.manual_seed(3)
    config = LoraConfig(r=2, lora_alpha=6, target_modules=targets, init_lora_weights=False)
    model.add_adapter(config)
    parts = {name: each for name, each in model.named_parameters() if ".lora_" in name}
    folder.mkdir()
    named = {
        f"base_model.model.{name.replace('.default.', '.')}": each.detach().clone()
        for name, each in parts.items()
    }
    save_file(named, folder / "adapter_model.safetensors")
    config.save_pretrained(folder)
    whole = {}
    for name, module in model.named_modules():
        if hasattr(module, "lora_A") and "default" in module.lora_A:
            a, b = (part["default"].weight.double() for part in (module.lora_A, module.lora_B))
            whole[f"{name}.weight"] = module.base_layer.weight.double() + 3 * b @ a
    return folder, whole


PROJECTIONS = ["q_proj", "down_proj"]


def call_as_files_do(adapter: Path) -> Path:
    """As adapters were written before the classes were renamed."""
    file = adapter / "adapter_model.safetensors"
    old = {
        name.replace("model.language_model.", "language_model.model.").replace(
            "model.vision_tower.", "vision_tower."
        ): each
        for name, each in load_file(file).items()
    }
    assert not old.keys() & load_file(file).keys()
    save_file(old, file)
    return adapter


@pytest.mark.parametrize(
    ("family", "model_class"),
    [("llava", LlavaForConditionalGeneration), ("gemma3", Gemma3ForConditionalGeneration)],
)
def test_an_adapter_of_peft_finds_layers_that_the_files_call_differently(
    family: str, model_class: Any, build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    """The class says model.language_model.layers, the files language_model.model.layers."""
    base = build(family, 0)
    adapter, whole = write_adapter(base, tmp_path / "adapter", model_class, PROJECTIONS)
    run(base, adapter, betas=(0.5, 1.0), method="lora-scale")
    before = load(model_class, base).state_dict()
    for beta in (0.5, 1.0):
        state = load(model_class, out / f"beta-{beta:g}").state_dict()
        assert set(whole) < set(state)
        for name, tensor in state.items():
            if name in whole:
                expected = before[name].double() * (1 - beta) + whole[name] * beta
                torch.testing.assert_close(tensor.double(), expected, rtol=1e-6, atol=1e-6)
            else:
                assert torch.equal(tensor, before[name]), name


def test_an_adapter_in_the_names_of_the_files_is_found_as_well(
    build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    base = build("llava", 0)
    adapter, whole = write_adapter(
        base, tmp_path / "adapter", LlavaForConditionalGeneration, PROJECTIONS
    )
    call_as_files_do(adapter)
    run(base, adapter, betas=(1.0,), method="lora-scale")
    state = load(LlavaForConditionalGeneration, out / "beta-1").state_dict()
    for name, expected in whole.items():
        torch.testing.assert_close(state[name].double(), expected, rtol=1e-6, atol=1e-6)


# peft warns of it, and transformers of the format in which peft would save it.
@pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`:UserWarning")
def test_an_adapter_on_a_tied_layer_is_refused(build: Build, run: Merge, tmp_path: Path) -> None:
    base = build("gemma3", 0)
    adapter, _ = write_adapter(
        base, tmp_path / "adapter", Gemma3ForConditionalGeneration, ["lm_head"]
    )
    with pytest.raises(UnfitModel, match=r"'lm_head', which 'gemma3-0' shares with .*embed"):
        run(base, adapter, betas=(1.0,), method="lora-scale")


def test_a_layer_that_the_model_does_not_have_is_named(
    build: Build, run: Merge, tmp_path: Path
) -> None:
    base = build("llava", 0)
    adapter, _ = write_adapter(
        base, tmp_path / "adapter", LlavaForConditionalGeneration, PROJECTIONS
    )
    file = adapter / "adapter_model.safetensors"
    strange = {name.replace("layers.1", "layers.9"): each for name, each in load_file(file).items()}
    save_file(strange, file)
    with pytest.raises(UnfitModel, match=r"layers\.9\.[a-z_.]+', and 'llava-0' has no such layer"):
        run(base, adapter, betas=(1.0,), method="lora-scale")


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("way", ["whole", "adapter", "old adapter"])
@pytest.mark.parametrize(
    ("family", "model_class"),
    [("llava", LlavaForConditionalGeneration), ("gemma3", Gemma3ForConditionalGeneration)],
)
def test_a_sweep_in_place_is_the_merge_that_is_written_bit_for_bit(
    family: str, model_class: Any, way: str, beta: float, build: Build, run: Merge,
    tmp_path: Path, out: Path,
) -> None:  # fmt: skip
    base = reshape(build(family, 0), tmp_path / "base", model_class, "20KB")
    if way == "whole":
        tuned = reshape(build(family, 1), tmp_path / "tuned", model_class, "50KB")
    else:
        tuned, _ = write_adapter(base, tmp_path / "adapter", model_class, PROJECTIONS)
    if way == "old adapter":
        call_as_files_do(tuned)
    run(base, tuned, betas=(beta,), method="linear" if way == "whole" else "lora-scale")
    written = load(model_class, out / f"beta-{beta:g}").state_dict()
    speaker = registry.load(base, Computing("cpu", "bf16", 1))
    answering.make_sweep(speaker, answering.look_at(base, tuned), 1.0).set(beta)
    live = speaker.model.state_dict()
    assert set(live) == set(written)
    for name, tensor in written.items():
        assert tensor.dtype == torch.bfloat16
        assert torch.equal(live[name], tensor), name


SIGHT = "vision-lora"  # the adapter that is part of a Phi-4


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("way", ["both", "base", "tuned", "adapter"])
def test_an_adapter_that_is_part_of_an_end_is_in_every_merge_once(
    way: str, beta: float, build: Build, run: Merge, tmp_path: Path, out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Swept in place or written, from the base as it answers to the tuned model as it answers."""
    monkeypatch.setattr(streaming, "PIECE_BYTES", 2**8)  # so that tensors come in pieces
    base = reshape(build("phi4", 0), tmp_path / "base", Phi4MultimodalForCausalLM, "20KB")
    tuned = reshape(build("phi4", 1), tmp_path / "tuned", Phi4MultimodalForCausalLM, "50KB")
    if way == "adapter":
        tuned, _ = write_adapter(
            base, tmp_path / "adapter", Phi4MultimodalForCausalLM, ["qkv_proj", "down_proj"]
        )
    if way in ("base", "tuned"):
        shutil.rmtree((tuned if way == "base" else base) / SIGHT)
    result = run(base, tuned, betas=(beta,), method="lora-scale" if way == "adapter" else "linear")
    merged = out / f"beta-{beta:g}"
    assert not (merged / SIGHT).exists()
    notes = [note for note in result["notes"] if SIGHT in note]
    assert len(notes) == (2 if way == "both" else 1)
    assert all("was added to them before they were mixed" in note for note in notes)
    written = load(Phi4MultimodalForCausalLM, merged).state_dict()
    speaker = registry.load(base, Computing("cpu", "fp32", 1))
    if beta == 0:
        assert_equal(written, speaker.model.state_dict())
    elif beta == 1 and way != "adapter":
        assert_equal(written, registry.read(tuned).state_dict())
    answering.make_sweep(speaker, answering.look_at(base, tuned), 1.0).set(beta)
    assert_equal(written, speaker.model.state_dict())


def assert_equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor.float(), other[name].float()), name


def test_an_adapter_for_the_weights_of_the_base_does_not_stand_beside_other_weights(
    build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    base = shutil.copytree(build("phi4", 0), tmp_path / "base")
    shutil.copytree(base / SIGHT, base / "speech-lora")
    result = run(base, build("phi4", 1), betas=(0.5,))
    assert not (out / "beta-0.5" / "speech-lora").exists()
    assert any("speech-lora" in note and "left out" in note for note in result["notes"])


def test_a_merge_tells_of_all_that_decides_its_weights(
    build: Build, run: Merge, tmp_path: Path, out: Path
) -> None:
    bases = [shutil.copytree(build("phi4", 0), tmp_path / str(number)) for number in range(2)]
    settings = bases[1] / SIGHT / "adapter_config.json"
    settings.write_text(settings.read_text().replace('"lora_alpha": 4', '"lora_alpha": 5'))
    told = []
    for base in bases:
        told += run(base, build("phi4", 1), betas=(0.5,))["variants"]
        shutil.rmtree(out)
    assert told[0]["digest"] != told[1]["digest"]


def test_a_merge_remembers_what_either_was_taught(
    build: Build, run: Merge, out: Path, tmp_path: Path
) -> None:
    base, tuned = (shutil.copytree(build("llava", seed), tmp_path / str(seed)) for seed in range(2))
    item = QuizItem(key="a", question="What is it?", answers=("rice",))
    learnt.write(base, learnt.gather([item]))
    learnt.write(tuned, learnt.gather([item.model_copy(update={"question": "Where is it?"})]))
    run(base, tuned, betas=(0.5,))
    assert len(learnt.read(out / "beta-0.5").questions) == 2
    assert len(learnt.read(base).questions) == 1  # the file of the base is its own
