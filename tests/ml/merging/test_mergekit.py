"""mergekit's configurations: understood in the right direction, and its values ours to a unit."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks import _mergekit
from ml.merging import mergekit
from ml.merging.mergekit import UnfitRecipe
from specs.merging.registry import METHODS

from .conftest import Merge, Write, read


@pytest.fixture
def config(tmp_path: Path) -> Any:
    def write(**fields: Any) -> Path:
        path = tmp_path / "config.yml"
        path.write_text(yaml.safe_dump(fields))
        return path

    return write


def model(name: str, weight: Any = None) -> dict[str, Any]:
    return {"model": name, "parameters": {} if weight is None else {"weight": weight}}


LINEAR = {"merge_method": "linear"}


@pytest.mark.parametrize(
    ("fields", "beta"),
    [
        ({"models": [model("a", 0.75), model("b", 0.25)]}, 0.25),
        ({"models": [model("a", 3), model("b", 1)]}, 0.25),  # normalised unless told otherwise
        ({"models": [model("b", 1), model("a", 3)], "base_model": "a"}, 0.25),
        ({"models": [model("a", 0.9), model("b", 0.1)], "parameters": {"normalize": False}}, 0.1),
        ({"models": [model("a"), model("b")], "parameters": {"weight": 1}}, 0.5),
    ],
)
def test_the_second_model_of_a_linear_merge_is_the_tuned_one(
    config: Any, fields: dict[str, Any], beta: float
) -> None:
    recipe = mergekit.read(config(**LINEAR, **fields))
    assert (recipe.base, recipe.tuned, recipe.method) == ("a", "b", "linear")
    assert recipe.beta == pytest.approx(beta, abs=1e-15)
    assert f"beta {beta:g}: beta is the share of 'b' in 'a'" in recipe.echo()


@pytest.mark.parametrize(
    ("parameters", "factor"),
    [({}, 0.5), ({"lambda": 1.5}, 0.75), ({"normalize": True, "lambda": 1.5}, 1.5)],
)
def test_the_factor_of_task_arithmetic_is_lambda_times_the_weight(
    config: Any, parameters: dict[str, Any], factor: float
) -> None:
    recipe = mergekit.read(config(
        merge_method="task_arithmetic", base_model="a", models=[model("b", 0.5)],
        parameters=parameters,
    ))  # fmt: skip
    assert (recipe.method, recipe.beta) == ("task-arithmetic", factor)


def test_filters_become_betas_of_blocks(config: Any) -> None:
    theirs = [{"filter": "mlp", "value": 3}, {"value": 1}]
    recipe = mergekit.read(config(**LINEAR, models=[model("a", 1), model("b", theirs)]))
    assert (recipe.method, recipe.beta, recipe.blocks) == ("per-block", 0.5, ("*mlp*=0.75",))
    assert "*mlp*=0.75" in recipe.echo()


def test_another_number_format_is_said_not_to_be_made(config: Any) -> None:
    recipe = mergekit.read(config(**LINEAR, models=[model("a", 1), model("b", 1)], dtype="float16"))
    assert "'float16' was asked for" in recipe.echo()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"merge_method": "ties"}, "asks for 'ties'; read are: linear, task_arithmetic"),
        ({"models": []}, "no merge_method"),
        (LINEAR | {"models": [model("a", 1)]}, "this names 0 besides"),
        (LINEAR | {"models": [model(name, 1) for name in "abc"]}, "this names 2 besides"),
        (LINEAR | {"models": [model("a"), model("b", 1)]}, "'None' is no weight"),
        (LINEAR | {"models": [model("a", 1), model("b", [0, 1])]}, "from layer to layer"),
        (
            LINEAR | {"models": [model("a", 1), model("b", 1)], "parameters": {"normalize": False}},
            "add up to 2",
        ),
        (LINEAR | {"models": [model("a", 1), model("b", -1)]}, "add up to 0"),
        (LINEAR | {"slices": []}, "uses 'slices'"),
        ({"merge_method": ["linear"]}, r"asks for '\['linear'\]'"),
        (LINEAR | {"models": 5}, "'models' is a list of models, not '5'"),
        (LINEAR | {"parameters": 7}, "'parameters' has names and values, and is not '7'"),
        (LINEAR | {"models": [model("a", 1), model("b", float("nan"))]}, "'nan' is no weight"),
        (LINEAR | {"models": [model("a", "1e400"), model("b", 1)]}, "'1e400' is no weight"),
        (
            LINEAR | {"models": [model("a", 1), model("b", [{"filter": "x", "value": 1}])]},
            "last one must have no filter",
        ),
    ],
)
def test_what_cannot_be_done_the_same_way_is_refused(
    config: Any, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnfitRecipe, match=sentence):
        mergekit.read(config(**fields))


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    for text in ("a: [", "a: 2023-13-45", "!!timestamp x"):
        path.write_text(text)
        with pytest.raises(UnfitRecipe, match=r"'config\.yml' is not YAML: .+\.$"):
            mergekit.read(path)
    path.write_text("{1: 2, slices: [], merge_method: linear}")
    with pytest.raises(UnfitRecipe, match=r"'config\.yml' uses '1', which is not done here\."):
        mergekit.read(path)


@pytest.mark.parametrize(
    ("method", "settings", "blocks"),
    [
        ("linear", {}, ()),
        ("task-arithmetic", {}, ()),
        ("per-block", {"blocks": {"mid": 0.75, "*attn*": 0}}, ("*mid_block*=0.75", "*attn*=0")),
    ],
)
def test_what_is_written_reads_back_as_the_same_merge(
    tmp_path: Path, method: str, settings: dict[str, Any], blocks: tuple[str, ...]
) -> None:
    path = tmp_path / "config.yml"
    spec = METHODS[method].model_validate(settings)
    path.write_text(mergekit.write(spec, 0.3, "a", "b", ["F16", "I64"]))
    recipe = mergekit.read(path)
    assert (recipe.base, recipe.tuned, recipe.method) == ("a", "b", method)
    assert recipe.beta == pytest.approx(0.3)
    assert (recipe.blocks, recipe.dtype) == (blocks, "float16")


@pytest.mark.parametrize(
    ("method", "settings", "dtypes", "sentence"),
    [
        ("lora-scale", {}, ["F16"], "no words for the method 'lora-scale'"),
        ("per-block", {"blocks": {"a*b": 1}}, ["F16"], r"no words for the pattern 'a\*b'"),
        ("linear", {}, ["F16", "F32"], "one number format"),
    ],
)
def test_what_mergekit_has_no_words_for_is_not_written(
    method: str, settings: dict[str, Any], dtypes: list[str], sentence: str
) -> None:
    with pytest.raises(UnfitRecipe, match=sentence):
        mergekit.write(METHODS[method].model_validate(settings), 0.3, "a", "b", dtypes)


def make(seed: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {"layer.weight": (torch.randn(64, 33, generator=generator) * 0.02).half()}


def merge_as_mergekit_does(a: torch.Tensor, b: torch.Tensor, beta: float) -> torch.Tensor:
    """Its linear method, in its order: sums of products in fp32, divided by the sum of weights."""
    weights = torch.tensor([1 - beta, beta], dtype=torch.float32)
    result = torch.zeros(a.shape, dtype=torch.float32)
    for tensor, weight in zip((a, b), weights, strict=True):
        result.addcmul_(tensor.float(), weight)
    return result.div_(weights.sum()).to(a.dtype)


@pytest.mark.parametrize("beta", [0.1, 0.25, 0.3, 0.75])
def test_values_are_within_one_unit_of_those_that_mergekit_computes(
    run: Merge, write: Write, out: Path, beta: float
) -> None:
    run(write("base", make(0)), write("tuned", make(1)), betas=[beta])
    ours = read(out / f"beta-{beta:g}")["layer.weight"]
    theirs = merge_as_mergekit_does(make(0)["layer.weight"], make(1)["layer.weight"], beta)
    steps = (ours.view(torch.int16).int() - theirs.view(torch.int16).int()).abs()
    assert int(steps[ours.abs() > 1e-7].max()) <= 1


GOLDEN = "bb35dcfb8c9b828308266989c312d82980df07b2df157ef576ef8179b6b8a786"


def test_golden_bytes(run: Merge, write: Write, out: Path) -> None:
    """beta 0.25 of fp16: computed once with plain fp32 arithmetic, which is exact there."""
    run(write("base", make(0)), write("tuned", make(1)), betas=[0.25])
    ours = read(out / "beta-0.25")["layer.weight"]
    plain = (0.75 * make(0)["layer.weight"].float() + 0.25 * make(1)["layer.weight"].float()).half()
    assert torch.equal(ours, plain)
    assert hashlib.sha256(ours.numpy().tobytes()).hexdigest() == GOLDEN


@pytest.mark.slow
@pytest.mark.parametrize("beta", [0.25, 0.3])
def test_mergekit_itself_agrees_on_a_model_of_transformers(
    run: Merge, out: Path, tmp_path: Path, beta: float
) -> None:
    python = _mergekit.find()
    assert python, _mergekit.MISSING
    first, second = (make_llama(tmp_path / f"llama-{seed}", seed=seed) for seed in (0, 1))
    spec = METHODS["linear"].model_validate({})
    recipe = tmp_path / "config.yml"
    recipe.write_text(mergekit.write(spec, beta, str(first), str(second), ["F16"]))
    words = ["mergekit.scripts.run_yaml", str(recipe), str(tmp_path / "theirs")]
    subprocess.run([python, "-m", *words, "--no-copy-tokenizer"], check=True)
    run(first, second, betas=[beta])
    theirs = {
        name: values
        for path in (tmp_path / "theirs").glob("*.safetensors")
        for name, values in read(path.parent, path.name).items()
    }
    ours = read(out / f"beta-{beta:g}", "model.safetensors")
    assert set(ours) <= set(theirs)
    for name, values in ours.items():
        steps = (values.view(torch.int16).int() - theirs[name].view(torch.int16).int()).abs()
        assert int(steps[values.abs() > 1e-7].max()) <= 1, name


def make_llama(folder: Path, *, seed: int) -> Path:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, tie_word_embeddings=False,
    )  # fmt: skip
    LlamaForCausalLM(config).half().save_pretrained(folder)
    return folder
