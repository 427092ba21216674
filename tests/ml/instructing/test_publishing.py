"""What is written: in the layout of the base, and as others read it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor
from transformers import (
    Gemma3ForConditionalGeneration,
    LlavaForConditionalGeneration,
    Phi4MultimodalForCausalLM,
)

from ml.answering import models as answering
from ml.datasets import contents
from ml.devices import Computing
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.pretrained import without_progress_bars
from ml.loading.speaking import learnt

from .conftest import Run


def reshape(base: Path, folder: Path, model_class: type, **how: object) -> Path:
    """The same model, saved in another way."""
    shutil.copytree(base, folder)
    for path in folder.glob("*.safetensors"):
        path.unlink()
    with without_progress_bars():
        model_class.from_pretrained(base, dtype=how.pop("dtype", None)).save_pretrained(  # type: ignore[attr-defined]
            folder, **how
        )
    return folder


def read_all(folder: Path) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for path in sorted(folder.glob("model*.safetensors")):
        found |= load_file(path)
    return found


def test_shards_index_and_number_format_of_the_base_are_kept(
    run: Run, llava: Path, tmp_path: Path
) -> None:
    base = reshape(
        llava, tmp_path / "base", LlavaForConditionalGeneration, max_shard_size="40KB",
        dtype=torch.bfloat16,
    )  # fmt: skip
    shards = sorted(path.name for path in base.glob("*.safetensors"))
    assert len(shards) > 2
    taught = run(base, learning_rate=1e-2)
    assert sorted(path.name for path in taught.model.glob("*.safetensors")) == shards
    index = "model.safetensors.index.json"
    assert (taught.model / index).read_bytes() == (base / index).read_bytes()
    for name in shards:
        with safe_open(base / name, "pt") as before, safe_open(taught.model / name, "pt") as after:
            assert list(before.keys()) == list(after.keys())
    tensors = read_all(taught.model)
    assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}
    assert any(not torch.equal(tensor, read_all(base)[name]) for name, tensor in tensors.items())


def test_what_answers_need_lies_beside_the_weights(run: Run, llava: Path, tmp_path: Path) -> None:
    base = shutil.copytree(llava, tmp_path / "base")
    (base / "README.md").write_text("# The base")
    (base / "merge.json").write_text("{}")
    (base / "pytorch_model.bin").write_bytes(b"old weights")
    taught = run(base)
    names = {path.name for path in taught.model.iterdir()}
    assert names - {learnt.FILE} == {path.name for path in base.iterdir()} - {
        "README.md", "merge.json", "pytorch_model.bin",
    }  # fmt: skip
    assert any("chat_template" in name for name in names)
    assert (taught.out / "card.md").read_text().startswith("# base taught")


def test_tied_weights_stay_tied(run: Run, bases: Callable[[str], Path]) -> None:
    base = bases("gemma3")
    taught = run(base, learning_rate=1e-2)
    stored = read_all(taught.model)
    assert set(stored) == set(read_all(base))
    assert not any("lm_head" in name for name in stored)
    model = Gemma3ForConditionalGeneration.from_pretrained(taught.model)
    embeddings = model.get_input_embeddings().weight
    assert model.lm_head.weight is embeddings
    assert not torch.equal(embeddings, read_all(base)["language_model.model.embed_tokens.weight"])


# peft asks the model under a name that transformers will drop.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize("family", ["llava", "gemma3"])
def test_an_adapter_is_read_by_peft_and_adds_what_was_fused(
    family: str, run: Run, bases: Callable[[str], Path]
) -> None:
    base = bases(family)
    taught = run(base, method="lora", lora_rank=2, lora_alpha=3.0, learning_rate=1e-1)
    settings = json.loads((taught.out / "adapter" / "adapter_config.json").read_text())
    assert (settings["r"], settings["lora_alpha"], settings["peft_type"]) == (2, 3.0, "LORA")
    model_class = (
        LlavaForConditionalGeneration if family == "llava" else Gemma3ForConditionalGeneration
    )
    whole = model_class.from_pretrained(taught.model).state_dict()
    adapted = PeftModel.from_pretrained(model_class.from_pretrained(base), taught.out / "adapter")
    merged = adapted.merge_and_unload().state_dict()
    assert set(merged) == set(whole)
    for name, tensor in merged.items():
        torch.testing.assert_close(tensor, whole[name], rtol=1e-5, atol=1e-6)
    before = model_class.from_pretrained(base).state_dict()
    assert any((whole[name] - tensor).abs().max() > 1e-2 for name, tensor in before.items())


def test_an_adapter_alone_is_the_model_when_it_is_not_fused(run: Run, llava: Path) -> None:
    taught = run(llava, method="lora", lora_rank=2, fuse_lora=False)
    assert taught.result["kind"] == "lora"
    assert {path.name for path in taught.model.iterdir()} == {
        "adapter_config.json", "adapter_model.safetensors", learnt.FILE,
    }  # fmt: skip
    assert not (taught.out / "adapter").exists()


def test_a_model_says_which_questions_and_pictures_it_was_taught(
    run: Run, llava: Path, quiz: Path, dataset: Path
) -> None:
    asked = quizzes.read(quiz).items
    first = run(llava, scope="regional", method="lora", fuse_lora=False, dataset=dataset)
    told = learnt.compare(learnt.read(first.model), asked)
    assert told.num_questions == first.result["num_questions"] < len(asked)
    # Pictures of captions count as well, and what was taught before is not forgotten.
    captions = {str(row["sha256"])[:16] for row in contents.iterate(dataset, columns=["sha256"])}
    assert captions <= learnt.read(first.model).pictures
    second = run(llava, scope="regional")
    third = run(second.model, scope="global")
    assert learnt.read(second.model).questions < learnt.read(third.model).questions


@pytest.fixture
def seeing(bases: Callable[[str], Path], tmp_path: Path) -> Path:
    """With an adapter that is part of it, in halves, and with another that is not."""
    base = reshape(
        bases("phi4"), tmp_path / "seeing", Phi4MultimodalForCausalLM, max_shard_size="40KB",
        dtype=torch.bfloat16,
    )  # fmt: skip
    shutil.copytree(base / "vision-lora", base / "speech-lora")
    return base


@pytest.mark.parametrize("method", ["full", "lora"])
def test_an_adapter_that_is_part_of_the_base_is_in_the_weights_of_what_was_taught(
    method: str, run: Run, seeing: Path
) -> None:
    """To the last bit: so small a rate moves no half that is not 0."""
    taught = run(seeing, method=method, lora_rank=2, learning_rate=1e-9)
    assert not list(taught.out.rglob("*-lora"))
    before, after = (registry.read(folder).state_dict() for folder in (seeing, taught.model))
    for name, tensor in before.items():
        torch.testing.assert_close(after[name], tensor, rtol=0, atol=1e-8)
    raw = Phi4MultimodalForCausalLM.from_pretrained(seeing).state_dict()
    assert sum(bool((raw[name] - tensor).abs().max() > 1e-2) for name, tensor in after.items()) == 4


def test_what_was_taught_beside_such_an_adapter_comes_on_top_of_it(run: Run, seeing: Path) -> None:
    how = {"method": "lora", "lora_rank": 2, "learning_rate": 1e-1}
    whole, alone = run(seeing, **how), run(seeing, fuse_lora=False, **how)
    speaker = registry.load(seeing, Computing("cpu", "fp32", 1))
    before = {name: each.clone() for name, each in speaker.model.state_dict().items()}
    sweep = answering.make_sweep(speaker, answering.look_at(seeing, alone.model), 1.0)
    sweep.set(1.0)
    live, fused = speaker.model.state_dict(), registry.read(whole.model).state_dict()
    for name, tensor in fused.items():
        torch.testing.assert_close(live[name], tensor.float(), rtol=2**-7, atol=1e-6)
    assert any((fused[name] - tensor).abs().max() > 1e-1 for name, tensor in before.items())
    sweep.set(0.0)
    assert all(torch.equal(live[name], tensor) for name, tensor in before.items())
