"""`ggez distill`: what it asks for, and what it prints. The training is tested in tests/ml."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from specs.kinds.model.model_distill import ModelDistill

RESULT = {
    "start": "fresh", "steps": 3, "num_pictures": 5, "num_captions": 9, "final_loss": 0.25,
    "num_parameters": 60, "num_parameters_teacher": 100, "size_bytes": 240,
    "notes": ["Not bit-exact."],
}  # fmt: skip


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Instead of distilling: what would have been distilled."""
    found: list[dict[str, Any]] = []

    def distill(spec: ModelDistill, **arguments: Any) -> dict[str, Any]:
        found.append({"spec": spec} | arguments)
        (arguments["out_dir"] / "card.md").write_text("# Card")
        return RESULT

    monkeypatch.setattr("cli.plain.computing.call", lambda _, spec, **rest: distill(spec, **rest))
    return found


@pytest.fixture
def teach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    for name in ("teacher", "data"):
        (tmp_path / name).mkdir()

    def invoke(*arguments: str) -> Result:
        given = ["distill", "--teacher", "teacher", "--dataset", "data", "--out", "out"]
        return CliRunner().invoke(ggez, [*given, *arguments])

    return invoke


def test_formulations_are_named_or_given_with_their_settings(
    teach: Any, calls: list[dict[str, Any]], tmp_path: Path
) -> None:
    weighed = '{"method": "dr", "weight": 0.5}'
    result = teach("--formulations", "ed", "--formulations", weighed, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == RESULT | {"folder": "out"}
    (call,) = calls
    assert [(each.method, each.weight) for each in call["spec"].formulations] == [
        ("ed", 1.0),
        ("dr", 0.5),
    ]
    assert (call["teacher"], call["dataset"]) == (tmp_path / "teacher", tmp_path / "data")
    assert (tmp_path / "out" / "card.md").is_file()


def test_formulation_that_does_not_exist_is_refused(
    teach: Any, calls: list[dict[str, Any]]
) -> None:
    result = teach("--formulations", "kd")
    assert result.exit_code != 0
    assert "kd" in result.stderr
    assert calls == []


def test_people_see_what_was_learnt_and_the_notes_apart(
    teach: Any, calls: list[dict[str, Any]]
) -> None:
    result = teach()
    assert calls
    assert "0.25" in result.stdout
    assert result.stderr == "Not bit-exact.\n"


@pytest.mark.parametrize("missing", ["teacher", "dataset"])
def test_what_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    given = [
        part
        for name in ("teacher", "dataset")
        if name != missing
        for part in (f"--{name}", str(tmp_path))
    ]
    result = CliRunner().invoke(ggez, ["distill", "--out", "out", *given])
    assert result.exit_code == 2
    assert f"Missing option '--{missing}'" in result.output
