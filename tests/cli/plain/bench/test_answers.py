"""`ggez quiz import`, `ggez bench answers` and `ggez bench compare`, one after another."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from specs.kinds.answers.answers_generate import AnswersGenerate
from tests.published_quizzes import write_jsonl, write_sea_vqa

LETTERS = {"plain": ("AB", "AC"), "retrieved": ("AC", "AC")}


def call(*words: object) -> Result:
    return CliRunner().invoke(ggez, [str(word) for word in words], prog_name="ggez")


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    out = tmp_path / "quiz"
    source = write_sea_vqa(tmp_path / "sea-vqa")
    given = ("--source", source, "--name", "SEA-VQA", "--licence", "CC-BY-4.0", "--region", "sea")
    done = call("quiz", "import", *given, "--out", out)
    assert done.exit_code == 0, done.stderr
    assert "2" in done.stdout
    assert "KH 2" in done.stdout
    assert "no_answer: 1" in done.stderr
    return out


def answer(folder: Path, side: str) -> Path:
    """Both variants; right are A and C."""
    folder.mkdir()
    rows = [
        {"variant": variant, "beta": beta, "prompt_key": key, "seed": 0, "text": letter}
        for (variant, beta), letters in zip(
            (("base", 0.0), ("beta-1", 1.0)), LETTERS[side], strict=True
        )
        for key, letter in zip(("cambodia-2", "cambodia-3"), letters, strict=True)
    ]
    write_jsonl(folder / "outputs.jsonl", rows)
    digests = {"base": "b" * 64, "tuned": "d" * 64}
    digests |= {"passages": "a" * 64} if side == "retrieved" else {}
    told = {"digests": digests, "spec": AnswersGenerate(betas=(0.0, 1.0)).to_json()}
    (folder / "generation.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def scores(quiz: Path, tmp_path: Path) -> dict[str, Path]:
    found = {}
    for side in LETTERS:
        found[side] = tmp_path / f"scores-{side}"
        outputs = answer(tmp_path / side, side)
        done = call("bench", "answers", "--outputs", outputs, "--quiz", quiz, "--out", found[side])
        assert done.exit_code == 0, done.stderr
        assert "beta-1" in done.stdout
    return found


def test_scores_and_what_was_counted_apart_are_printed(
    quiz: Path, tmp_path: Path, scores: dict[str, Path]
) -> None:
    outputs = tmp_path / "plain"
    out = tmp_path / "again"
    done = call("bench", "answers", "--outputs", outputs, "--quiz", quiz, "--out", out, "--json")
    facts = json.loads(done.stdout)
    assert [(each["variant"], each["score"]) for each in facts["variants"]] == [
        ("base", 50.0),
        ("beta-1", 100.0),
    ]
    assert (scores["plain"] / "items.csv").is_file()


def test_the_comparison_is_a_table_with_cells_and_effects(
    scores: dict[str, Path], tmp_path: Path
) -> None:
    given = ("--plain", scores["plain"], "--retrieved", scores["retrieved"])
    done = call("bench", "compare", *given, "--out", tmp_path / "compared")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "base: base; adapted: beta-1; per cent of right answers"
    cells = dict(line.split("  ", 1) for line in lines[2:6])
    assert cells["base, plain"].strip().startswith("50.00 [")
    assert cells["adapted, retrieved"].strip().startswith("100.00")
    assert any(line.startswith("adaptation, plain") and "+50.00" in line for line in lines)
    assert any(line.startswith("interaction") and "-50.00" in line for line in lines)
    assert "2 questions in 2 clusters; 0 without all four answers left out" in done.stdout
    assert (tmp_path / "compared" / "comparison.csv").is_file()


def test_what_is_needed_is_asked_for(tmp_path: Path) -> None:
    done = call("bench", "answers", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Missing option '--outputs'." in done.stderr
