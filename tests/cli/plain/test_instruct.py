"""`ggez instruct`: what it asks for, and what it prints. The training is tested in tests/ml."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from specs.kinds.model.model_instruct import ModelInstruct

RESULT = {
    "method": "lora", "steps": 3, "epochs": 1.5, "num_questions": 10, "num_held_out": 1,
    "final_loss": 0.25, "held_out_loss": 0.5, "held_out_accuracy": 0.75, "size_bytes": 100,
    "notes": ["1 questions are too long."],
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Instead of training: what would have been trained."""
    found: list[dict[str, Any]] = []

    def instruct(spec: ModelInstruct, **arguments: Any) -> dict[str, Any]:
        found.append({"spec": spec} | arguments)
        (arguments["out_dir"] / "card.md").write_text("# Card")
        return RESULT

    monkeypatch.setattr("cli.plain.computing.call", lambda _, spec, **rest: instruct(spec, **rest))
    return found


@pytest.fixture
def teach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    for name in ("base", "quiz", "data"):
        (tmp_path / name).mkdir()

    def invoke(*arguments: str) -> Result:
        given = ["instruct", "--base", "base", "--quiz", "quiz", "--out", "out", *arguments]
        return CliRunner().invoke(ggez, given)

    return invoke


def test_fields_are_options_and_references_are_paths(
    teach: Any, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    result = teach("--scope", "regional", "--packing", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == RESULT | {"folder": "out"}
    (call,) = calls
    assert (call["spec"].scope, call["spec"].packing) == ("regional", True)
    assert (call["base"], call["quiz"]) == (tmp_path / "base", tmp_path / "quiz")
    assert call["dataset"] is None
    assert (tmp_path / "out" / "card.md").is_file()


def test_a_data_set_may_be_given(teach: Any, calls: list[dict[str, Any]], tmp_path: Path) -> None:
    assert teach("--dataset", "data").exit_code == 0
    assert calls[0]["dataset"] == tmp_path / "data"


def test_a_preset_fills_in_what_was_not_given(teach: Any, calls: list[dict[str, Any]]) -> None:
    assert teach("--preset", "paper-gemma3", "--epochs", "1").exit_code == 0
    spec = calls[0]["spec"]
    assert (spec.trained, spec.batch_size, spec.learning_rate, spec.epochs) == ("all", 64, 2e-5, 1)


def test_people_see_what_was_learnt_and_the_notes_apart(
    teach: Any, calls: list[dict[str, Any]]
) -> None:
    result = teach()
    assert calls
    assert "0.75" in result.stdout
    assert result.stderr == "1 questions are too long.\n"


@pytest.mark.parametrize("missing", ["base", "quiz"])
def test_what_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    given = [
        part
        for name in ("base", "quiz")
        if name != missing
        for part in (f"--{name}", str(tmp_path))
    ]
    result = CliRunner().invoke(ggez, ["instruct", "--out", "out", *given])
    assert result.exit_code == 2
    assert f"Missing option '--{missing}'" in result.output
