"""`ggez align`: what it asks for, and what it prints. The training is tested in tests/ml."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from specs.kinds.model.model_align import ModelAlign

RESULT = {
    "method": "full", "loss": "sigmoid", "steps": 3, "epochs": 2.0, "num_pictures": 5,
    "num_captions": 9, "final_loss": 0.25, "held_out_loss": 0.5, "held_out_r1_pictures": 0.75,
    "held_out_r1_texts": 1.0, "size_bytes": 240, "notes": ["Not bit-exact."],
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Instead of aligning: what would have been aligned."""
    found: list[dict[str, Any]] = []

    def align(function: str, spec: ModelAlign, **arguments: Any) -> dict[str, Any]:
        found.append({"function": function, "spec": spec} | arguments)
        (arguments["out_dir"] / "card.md").write_text("# Card")
        return RESULT

    monkeypatch.setattr("cli.plain.computing.call", align)
    return found


@pytest.fixture
def tune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    for name in ("base", "data"):
        (tmp_path / name).mkdir()

    def invoke(*arguments: str) -> Result:
        given = ["align", "--base", "base", "--dataset", "data", "--out", "out"]
        return CliRunner().invoke(ggez, [*given, *arguments])

    return invoke


def test_options_come_on_top_of_the_paper_s_settings(
    tune: Any, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    result = tune("--preset", "paper-siglip2", "--batch-size", "64", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == RESULT | {"folder": "out"}
    (call,) = calls
    spec = call["spec"]
    assert (spec.batch_size, spec.epochs, spec.learning_rate) == (64, 2, 5e-6)
    assert (spec.schedule, spec.weight_decay, spec.method) == ("linear", 0.001, "full")
    assert call["function"] == "ml.aligning.run:align"
    assert (call["base"], call["dataset"]) == (tmp_path / "base", tmp_path / "data")
    assert (tmp_path / "out" / "card.md").is_file()


def test_people_see_what_was_learnt_and_the_notes_apart(
    tune: Any, calls: list[dict[str, Any]]
) -> None:
    result = tune()
    assert calls
    assert "0.75" in result.stdout
    assert result.stderr == "Not bit-exact.\n"


def test_a_loss_that_does_not_exist_is_refused(tune: Any, calls: list[dict[str, Any]]) -> None:
    result = tune("--loss", "triplet")
    assert result.exit_code != 0
    assert "triplet" in result.stderr
    assert calls == []


@pytest.mark.parametrize("missing", ["base", "dataset"])
def test_what_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    given = [
        part
        for name in ("base", "dataset")
        if name != missing
        for part in (f"--{name}", str(tmp_path))
    ]
    result = CliRunner().invoke(ggez, ["align", "--out", "out", *given])
    assert result.exit_code == 2
    assert f"Missing option '--{missing}'" in result.output
