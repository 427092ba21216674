"""`ggez tune`: what it asks for, and what it prints. The training itself is tested in tests/ml."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from specs.kinds.model.model_finetune import ModelFinetune

RESULT = {
    "method": "lora", "steps": 3, "epochs": 1.5, "num_items": 10, "final_loss": 0.25,
    "num_cut_captions": 1, "size_bytes": 100, "notes": ["1 of 10 captions is too long."],
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Instead of training: what would have been trained."""
    found: list[dict[str, Any]] = []

    def finetune(spec: ModelFinetune, **arguments: Any) -> dict[str, Any]:
        found.append({"spec": spec} | arguments)
        (arguments["out_dir"] / "card.md").write_text("# Card")
        return RESULT

    monkeypatch.setattr("cli.plain.computing.call", lambda _, spec, **rest: finetune(spec, **rest))
    return found


@pytest.fixture
def tune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    (tmp_path / "data").mkdir()

    def invoke(*arguments: str) -> Result:
        given = ["tune", "--base", "base", "--dataset", "data", "--out", "out", *arguments]
        return CliRunner().invoke(ggez, given)

    return invoke


def test_fields_are_options_and_references_are_paths(
    tune: Any, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    result = tune("--method", "lora", "--lora-rank", "4", "--flip", "--cache", "kept", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == RESULT | {"folder": "out"}
    (call,) = calls
    assert (call["spec"].method, call["spec"].lora_rank, call["spec"].flip) == ("lora", 4, True)
    assert (call["base"], call["dataset"]) == (tmp_path / "base", tmp_path / "data")
    assert call["cache_dir"] == tmp_path / "kept"
    assert (tmp_path / "out" / "card.md").is_file()


def test_options_come_on_top_of_a_file_and_a_file_on_top_of_a_preset(
    tune: Any, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("epochs: 2\nbatch_size: 16\n")
    result = tune("--preset", "paper-sdxl", "--spec", "mine.yaml", "--batch-size", "8")
    assert result.exit_code == 0, result.output
    spec = calls[0]["spec"]
    assert (spec.batch_size, spec.epochs, spec.learning_rate) == (8, 2, 1e-5)
    assert spec.gradient_checkpointing


def test_a_person_is_told_what_was_done_and_what_to_know(
    tune: Any, calls: list[dict[str, Any]]
) -> None:
    result = tune()
    assert "final_loss        0.25" in result.stdout
    assert result.stderr.splitlines()[-1] == "1 of 10 captions is too long."


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "mine"], "has no preset 'mine'; there are: paper-sdxl, sandbox."),
        (["--base", "nowhere"], "There is no file or folder 'nowhere'"),
        (["--learning-rate", "0"], "learning_rate: Input should be greater than 0"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_computed(
    arguments: list[str], said: str, tune: Any, calls: list[dict[str, Any]]
) -> None:
    result = tune(*arguments)
    assert result.exit_code != 0
    assert said in result.stderr
    assert calls == []


@pytest.mark.parametrize("missing", ["base", "dataset"])
def test_model_and_data_must_be_named(missing: str, tmp_path: Path) -> None:
    given = {"base": "b", "dataset": "d"}
    del given[missing]
    ((name, value),) = given.items()
    result = CliRunner().invoke(ggez, ["tune", f"--{name}", value, "--out", str(tmp_path / "o")])
    assert result.exit_code == 2
    assert f"Missing option '--{missing}'" in result.stderr
