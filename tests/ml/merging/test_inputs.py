"""What may go into a merge, in which layouts, and what is refused with which words."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from ml.loading.problems import UnfitModel
from ml.merging.problems import CannotMerge
from tests import tiny_models

from .conftest import Merge, Tensors, Write, read, read_bytes, write_shards

A = {"a.weight": torch.tensor([[1.0, 2], [3, 4]]), "b.weight": torch.tensor([1.0, -1])}
B = {"a.weight": torch.tensor([[3.0, 2], [1, 0]]), "b.weight": torch.tensor([2.0, 1])}
HALFWAY = {"a.weight": [[2.0, 2], [2, 2]], "b.weight": [1.5, 0]}


@pytest.fixture(scope="session")
def pipelines(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pipelines")
    return (
        tiny_models.build_sdxl(folder / "world", seed=0),
        tiny_models.build_sdxl(folder / "batik", seed=1),
    )


def as_lists(tensors: Tensors) -> dict[str, list[float]]:
    return {name: values.tolist() for name, values in tensors.items()}


def test_of_a_pipeline_only_the_component_is_merged(
    run: Merge, pipelines: tuple[Path, Path], out: Path
) -> None:
    result = run(*pipelines, betas=[0.5], component="unet")
    assert (result["component"], result["family"]) == ("unet", "sdxl")
    merged, name = out / "beta-0.5", "diffusion_pytorch_model.safetensors"
    first, second = (read(each / "unet", name) for each in pipelines)
    for key, values in read(merged / "unet", name).items():
        torch.testing.assert_close(values, (first[key] + second[key]) / 2, rtol=2e-7, atol=1e-8)
    vae = f"vae/{name}"
    assert (merged / vae).read_bytes() == (pipelines[0] / vae).read_bytes()
    assert (merged / vae).samefile(pipelines[0] / vae)  # linked, not copied
    loaded = UNet2DConditionModel.from_pretrained(merged, subfolder="unet", use_safetensors=True)
    key = "conv_in.weight"
    assert torch.equal(loaded.state_dict()[key], read(merged / "unet", name)[key])


@pytest.mark.parametrize("which", [0, 1])
def test_a_pickle_is_not_carried_over_in_a_component_that_is_not_merged(
    run: Merge, pipelines: tuple[Path, Path], tmp_path: Path, out: Path, which: int
) -> None:
    models = [shutil.copytree(each, tmp_path / each.name) for each in pipelines]
    path = models[which] / "vae" / "diffusion_pytorch_model.safetensors"
    path.unlink()
    torch.save({}, path)
    with pytest.raises(UnfitModel, match=r"vae/diffusion_pytorch_model\.safetensors' is a pickle"):
        run(*models, betas=[0.5], component="unet")
    assert not list(out.glob("*"))


def test_a_model_without_tensors_is_refused(run: Merge, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    save_file({}, tmp_path / "empty" / "model.safetensors")
    with pytest.raises(CannotMerge, match=r"'empty' holds no tensors\."):
        run(tmp_path / "empty", tmp_path / "empty", betas=[0.5])


def test_another_component_can_be_merged(
    run: Merge, pipelines: tuple[Path, Path], out: Path
) -> None:
    run(*pipelines, betas=[1], component="text_encoder")
    for name, model in (("text_encoder/model.safetensors", 1),
                        ("unet/diffusion_pytorch_model.safetensors", 0)):  # fmt: skip
        assert (out / "beta-1" / name).read_bytes() == (pipelines[model] / name).read_bytes()


def test_a_component_that_is_not_there_is_named_with_those_that_are(
    run: Merge, pipelines: tuple[Path, Path]
) -> None:
    with pytest.raises(ValueError, match=r"no component 'prior'; it has: .*unet"):
        run(*pipelines, component="prior")


def test_other_variants_of_the_weights_do_not_stand_beside_the_merge(
    run: Merge, pipelines: tuple[Path, Path], out: Path, tmp_path: Path
) -> None:
    """They would be the base's, and could be loaded instead."""
    base = tmp_path / "base"
    for path in pipelines[0].rglob("*"):
        if path.is_file():
            (base / path.relative_to(pipelines[0])).parent.mkdir(parents=True, exist_ok=True)
            os.link(path, base / path.relative_to(pipelines[0]))
    for name in ("unet/diffusion_pytorch_model.fp16.safetensors", "whole.safetensors"):
        save_file(dict(A), base / name)
    (base / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x02")
    (base / "README.md").write_text("The base's card.")
    result = run(base, pipelines[1], betas=[0.5])
    merged = out / "beta-0.5"
    assert sorted(path.name for path in (merged / "unet").iterdir()) == [
        "config.json",
        "diffusion_pytorch_model.safetensors",
    ]
    assert not (merged / "whole.safetensors").exists()
    assert (merged / "README.base.md").read_text() == "The base's card."
    assert sum("was left out" in note for note in result["notes"]) == 3


def test_links_in_a_folder_become_files(run: Merge, write: Write, out: Path) -> None:
    base = write("base", A)
    (base / "real.json").write_text("{}")
    (base / "config-link.json").symlink_to("real.json")
    run(base, write("tuned", B), betas=[0.5])
    assert not (out / "beta-0.5" / "config-link.json").is_symlink()
    assert (out / "beta-0.5" / "config-link.json").read_text() == "{}"


def make_llama(folder: Path, *, seed: int, tied: bool) -> Path:
    torch.manual_seed(seed)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, tie_word_embeddings=tied,
    ))  # fmt: skip
    model.half().save_pretrained(folder)
    return folder


@pytest.fixture
def llamas(tmp_path: Path) -> tuple[Path, Path]:
    first, second = (make_llama(tmp_path / f"llama-{n}", seed=n, tied=True) for n in (0, 1))
    return first, second


def test_a_model_of_transformers_is_merged_and_loads(
    run: Merge, llamas: tuple[Path, Path], out: Path
) -> None:
    result = run(*llamas, betas=[0.25])
    assert result["family"] == "llama"
    loaded = LlamaForCausalLM.from_pretrained(out / "beta-0.25", dtype=torch.float16)
    assert loaded.lm_head.weight is loaded.model.embed_tokens.weight
    first, second = (read(each, "model.safetensors") for each in llamas)
    for name, values in read(out / "beta-0.25", "model.safetensors").items():
        exact = first[name].double() * 0.75 + second[name].double() * 0.25
        torch.testing.assert_close(values, exact.half(), rtol=1e-3, atol=6e-8)


def say(folder: Path, file: str, **values: object) -> None:
    """Change what a model says of itself; None takes a value away."""
    config = json.loads((folder / file).read_text()) | values
    kept = {name: value for name, value in config.items() if value is not None}
    (folder / file).write_text(json.dumps(kept))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"model_type": "mistral", "architectures": None},
            r"The model type of the base .* 'llama-0' is 'llama' and .* 'llama-1' is 'mistral'\.",
        ),
        (
            {"architectures": ["MistralForCausalLM"]},
            r"The class .* 'llama-0' is 'LlamaForCausalLM' and .* 'llama-1' is 'MistralForCausal",
        ),
    ],
)
def test_models_that_say_they_are_of_different_families_are_refused(
    run: Merge, llamas: tuple[Path, Path], out: Path, values: dict[str, object], sentence: str
) -> None:
    """Though all of their tensors have the same names, shapes and types."""
    say(llamas[1], "config.json", **values)
    with pytest.raises(CannotMerge, match=sentence):
        run(*llamas, betas=[0.5])
    assert not out.exists()


def test_a_model_that_does_not_say_what_it_is_may_be_any(
    run: Merge, llamas: tuple[Path, Path], out: Path
) -> None:
    (llamas[1] / "config.json").unlink()
    run(*llamas, betas=[0.5])
    assert (out / "beta-0.5" / "model.safetensors").is_file()


@pytest.mark.parametrize(
    ("file", "class_name", "sentence"),
    [
        ("model_index.json", "KolorsPipeline", r"The family .* 'world' is 'sdxl' .* is 'kolors'"),
        ("unet/config.json", "UNetMotionModel", r"The class .* is 'UNet2DCond.*'UNetMotionModel'"),
    ],
)
def test_pipelines_of_different_families_or_parts_are_refused(
    run: Merge,
    pipelines: tuple[Path, Path],
    tmp_path: Path,
    file: str,
    class_name: str,
    sentence: str,
) -> None:
    other = shutil.copytree(pipelines[1], tmp_path / "batik")
    say(other, file, _class_name=class_name)
    with pytest.raises(CannotMerge, match=sentence):
        run(pipelines[0], other, betas=[0.5])
    if file.startswith("unet"):
        with pytest.raises(CannotMerge, match=sentence):
            run(pipelines[0], other / "unet", betas=[0.5])


@pytest.mark.parametrize("where", ["base", "tuned"])
def test_weights_that_are_tied_may_be_stored_once_or_twice(
    run: Merge, llamas: tuple[Path, Path], out: Path, where: str
) -> None:
    twice = llamas[where == "tuned"]
    tensors = read(twice, "model.safetensors")
    head = tensors["model.embed_tokens.weight"].clone()
    save_file(tensors | {"lm_head.weight": head}, twice / "model.safetensors", {"format": "pt"})
    result = run(*llamas, betas=[0.25])
    merged = read(out / "beta-0.25", "model.safetensors")
    assert ("lm_head.weight" in merged) == (where == "base")
    if where == "base":
        assert torch.equal(merged["lm_head.weight"], merged["model.embed_tokens.weight"])
    (note,) = result["notes"]
    assert "'lm_head.weight'" in note


def test_a_tensor_of_a_kind_that_holds_no_fractions_must_be_the_same(
    run: Merge, write: Write, out: Path
) -> None:
    base, tuned = (
        write(name, {**A, "ids": torch.tensor(ids)})
        for name, ids in (("base", [1, 2]), ("tuned", [1, 3]))
    )
    with pytest.raises(ValueError, match=r"'ids' \(I64\) holds no fractions.*differs"):
        run(base, tuned, betas=[0, 0.5])
    assert not out.exists()
    run(base, tuned, betas=[0, 1])
    assert read(out / "beta-0")["ids"].tolist() == [1, 2]
    assert read(out / "beta-1")["ids"].tolist() == [1, 3]


@pytest.mark.parametrize(
    ("tuned", "sentence"),
    [
        ({"a.weight": A["a.weight"]}, r"tuned model lacks the tensor 'b\.weight'"),
        ({**A, "c.weight": torch.ones(1)}, r"base model lacks the tensor 'c\.weight'"),
        ({**A, "b.weight": torch.ones(3)}, r"'b\.weight' has the shape \[2\] .* and \[3\]"),
        ({**A, "b.weight": torch.ones(2).half()}, r"'b\.weight' is F32 .* and F16"),
        ({**A, "b.weight": torch.tensor([1, torch.nan])}, r"'b\.weight' of the tuned .*NaN"),
        ({**A, "b.weight": torch.tensor([1, torch.inf])}, r"'b\.weight' of the tuned .*infinite"),
    ],
)
@pytest.mark.parametrize("betas", [[0.5], [0, 1]])
def test_what_does_not_fit_is_named(
    run: Merge, write: Write, out: Path, tuned: Tensors, sentence: str, betas: list[float]
) -> None:
    with pytest.raises(ValueError, match=sentence):
        run(write("base", A), write("tuned", tuned), betas=betas)
    assert not out.exists() or list(out.iterdir()) == []


def test_a_base_that_is_broken_is_named_as_well(run: Merge, write: Write) -> None:
    broken = {**A, "a.weight": torch.tensor([[1.0, 2], [3, torch.inf]])}
    with pytest.raises(ValueError, match=r"'a\.weight' of the base model"):
        run(write("base", broken), write("tuned", broken), betas=[0.5])


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def make_pickle(file: Path) -> None:
    torch.save(dict(A), file)


def overlap(file: Path) -> None:
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["b.weight"]["data_offsets"] = [4, 12]
    text = json.dumps(header).encode().ljust(length)
    file.write_bytes(len(text).to_bytes(8, "little") + text + data[8 + length :])


def lie(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"shape":[2,2]', b'"shape":[2,9]'))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (cut, "was cut off"),
        (make_pickle, "is a pickle, whatever its name says"),
        (overlap, "header of .* lies"),
        (lie, "header of .* lies"),
    ],
)
@pytest.mark.parametrize("which", ["base", "tuned"])
def test_a_file_that_cannot_be_believed_is_refused(
    run: Merge,
    write: Write,
    out: Path,
    spoil: Callable[[Path], None],
    sentence: str,
    which: str,
) -> None:
    folders = {"base": write("base", A), "tuned": write("tuned", B)}
    spoil(folders[which] / "weights.safetensors")
    with pytest.raises(ValueError, match=sentence):
        run(*folders.values(), betas=[0.5])
    assert not out.exists()


@pytest.mark.parametrize("name", ["model.bin", "model.ckpt", "model.pt"])
def test_a_folder_with_a_pickle_alone_is_refused(
    run: Merge, write: Write, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "pickled"
    folder.mkdir()
    make_pickle(folder / name)
    with pytest.raises(ValueError, match=f"pickle.*{name}"):
        run(folder, write("tuned", B), betas=[0.5])
    with pytest.raises(ValueError, match="pickle"):
        run(write("base", A), folder / name, betas=[0.5])


def test_a_tensor_in_two_files_is_refused(run: Merge, write: Write) -> None:
    base = write("base", A)
    save_file({"a.weight": A["a.weight"]}, base / "more.safetensors")
    with pytest.raises(ValueError, match=r"'a\.weight' stands in two files"):
        run(base, write("tuned", B), betas=[0.5])


def test_plain_folders_may_hold_several_files_and_no_index(
    run: Merge, write: Write, out: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    for name, values in A.items():
        save_file({name: values}, base / f"{name}.safetensors")
    run(base, write("tuned", B), betas=[0.5])
    merged = {
        name: values
        for path in (out / "beta-0.5").glob("*.safetensors")
        for name, values in read(path.parent, path.name).items()
    }
    assert as_lists(merged) == HALFWAY


def test_a_shard_that_is_missing_is_named(run: Merge, write: Write, tmp_path: Path) -> None:
    shards = [{name: values} for name, values in A.items()]
    base = write_shards(tmp_path / "shards", "model", shards)
    (base / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(ValueError, match="lacks the shard 'model-00002-of-00002"):
        run(base, write("tuned", B), betas=[0.5])


def test_task_arithmetic_goes_beyond_the_ends(run: Merge, write: Write, out: Path) -> None:
    models = write("base", A), write("tuned", B)
    run(*models, method="task-arithmetic", betas=[-1, 0.5, 1, 2])
    assert as_lists(read(out / "beta-0.5")) == HALFWAY
    assert as_lists(read(out / "beta--1"))["a.weight"] == [[-1.0, 2], [5, 8]]
    assert as_lists(read(out / "beta-2"))["b.weight"] == [3.0, 3]
    assert read_bytes(read(out / "beta-1")["a.weight"]) == read_bytes(B["a.weight"])


def test_what_becomes_too_large_for_its_number_format_is_refused(
    run: Merge, write: Write, out: Path
) -> None:
    base, tuned = (
        write(name, {"a": torch.tensor([value], dtype=torch.float16)})
        for name, value in (("base", 0.0), ("tuned", 60000.0))
    )
    with pytest.raises(ValueError, match="With 2, values of the tensor 'a' become larger than F16"):
        run(base, tuned, method="task-arithmetic", betas=[2])
    assert list(out.iterdir()) == []


def test_extreme_values_are_mixed_without_overflow(run: Merge, write: Write, out: Path) -> None:
    """Their difference is no fp32."""
    big = 2.0**127
    base, tuned = (
        write(name, {"a": torch.tensor([value], dtype=torch.bfloat16)})
        for name, value in (("base", -big), ("tuned", big))
    )
    result = run(base, tuned, betas=[0.25])
    assert read(out / "beta-0.25")["a"].tolist() == [-big / 2]
    assert result["variants"][0]["difference"]["norm"] == pytest.approx(big / 2)


def test_blocks_take_betas_of_their_own(run: Merge, write: Write, out: Path) -> None:
    names = (
        "down_blocks.0.a",
        "mid_block.b.attn2.c",
        "mid_block.b.d",
        "up_blocks.1.e",
        "conv_in.f",
    )
    base = write("base", {f"{name}.weight": torch.zeros(2) for name in names})
    tuned = write("tuned", {f"{name}.weight": torch.ones(2) for name in names})
    run(base, tuned, method="per-block", betas=[0.5], blocks=["down=0", "*.attn2.*=1", "mid=0.25"])
    merged = read(out / "beta-0.5")
    assert [float(merged[f"{name}.weight"][0]) for name in names] == [0, 1, 0.25, 0.5, 0.5]
    facts = json.loads((out / "beta-0.5" / "merge.json").read_text())
    assert facts["method"]["blocks"] == {"down": 0, "*.attn2.*": 1, "mid": 0.25}


def test_a_pattern_that_matches_nothing_is_refused(run: Merge, write: Write) -> None:
    with pytest.raises(ValueError, match="'middle' is the first to match no tensor"):
        run(write("base", A), write("tuned", B), method="per-block", blocks=["middle=0.5"])
