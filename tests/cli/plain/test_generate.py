"""`ggez generate`, as people and programs call it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from tests import tiny_models


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.build_sd15(tmp_path_factory.mktemp("models") / "sd15")


@pytest.fixture
def folder(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "prompts.jsonl").write_text('{"key": "cup", "text": "a cup"}\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(model: Path, *words: str) -> Result:
    always = ("--prompts", "prompts.jsonl", "--out", "out", "--steps", "1", "--threads", "1")
    return CliRunner().invoke(ggez, ["generate", "--base", str(model), *always, *words])


def test_a_sweep_makes_a_folder_per_beta_and_a_sheet(folder: Path, model: Path) -> None:
    done = call(
        model, "--tuned", str(model), "--beta", "0", "--beta", "0.25", "--seed", "1", "--seed", "2",
        "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert [each["variant"] for each in result["variants"]] == ["beta-0", "beta-0.25"]
    assert result["num_images"] == 4
    rows = [json.loads(line) for line in (folder / "out/outputs.jsonl").read_text().splitlines()]
    assert [(row["beta"], row["seed"]) for row in rows] == [(0, 1), (0, 2), (0.25, 1), (0.25, 2)]
    assert (folder / "out" / "grid.png").is_file()


def test_people_read_a_table_and_what_was_cut(folder: Path, model: Path) -> None:
    (folder / "prompts.jsonl").write_text(json.dumps({"key": "long", "text": "x" * 80}))
    done = call(model)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1].split() == ["model", "1", "0", "0", "out/images/model"]
    assert "1 prompts are longer than a text encoder takes" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--beta", "2"), "betas.0: Input should be less than or equal to 1"),
        (("--tuned", "x"), "A sweep needs betas"),
        (("--prompts", "nowhere.jsonl"), "There is no file or folder 'nowhere.jsonl' (prompts)"),
        (("--beta", "0.5"), "Betas need a second model to merge with, and none was given."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    folder: Path, model: Path, words: tuple[str, ...], sentence: str
) -> None:
    done = call(model, *words)
    assert done.exit_code in (1, 2)
    assert sentence in done.stderr
    assert "made a mistake" not in done.stderr
    assert not (folder / "out").exists()


def test_missing_option_is_named() -> None:
    done = CliRunner().invoke(ggez, ["generate", "--out", "out"])
    assert done.exit_code == 2
    assert "Missing option '--base'" in done.stderr
