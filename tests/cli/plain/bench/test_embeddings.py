"""`ggez bench retrieval`, `zeroshot` and `classification`, on plain files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from tests.captioned import write_dataset
from tests.quizzes import make_item, place_picture, write_quiz
from tests.tiny_encoders import build_clip


def call(*words: object) -> Result:
    return CliRunner().invoke(ggez, [str(word) for word in words], prog_name="ggez")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    root = tmp_path_factory.mktemp("models")
    return build_clip(root / "base"), build_clip(root / "tuned", seed=1)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        {"number": number, "caption": f"plate {number}", "language": "id", "category": f"c{number}"}
        for number in range(3)
    ]
    return write_dataset(tmp_path_factory.mktemp("plates"), rows)


def test_scores_of_a_sweep_are_printed_and_can_be_weighed(
    models: tuple[Path, Path], dataset: Path, tmp_path: Path
) -> None:
    base, tuned = models
    usual = ("bench", "retrieval", "--base", base, "--tuned", tuned, "--dataset", dataset)
    betas = ("--betas", "0", "--betas", "1")
    shown = call(*usual, *betas, "--scope", "regional", "--out", tmp_path / "scores")
    assert shown.exit_code == 0, shown.stderr
    assert "image-to-text" in shown.stdout
    assert "beta-1" in shown.stdout
    assert "everything is found within ten" in shown.stderr
    told = call(*usual, *betas, "--scope", "global", "--out", tmp_path / "more", "--json")
    assert json.loads(told.stdout)["variants"][1]["variant"] == "beta-1"
    both = tmp_path / "both.csv"
    lines = [(tmp_path / name / "scores.csv").read_text("utf-8") for name in ("scores", "more")]
    both.write_text(lines[0] + lines[1].partition("\n")[2], "utf-8")
    weighed = call("grp", "--scores", both, "--region", "sea", "--json")
    assert weighed.exit_code == 0, weighed.stderr


def test_questions_are_answered_by_similarity(models: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "quiz"
    quiz = write_quiz(folder, [make_item(**place_picture(folder)), make_item("open-1")])
    out = tmp_path / "scores"
    shown = call("bench", "zeroshot", "--base", models[0], "--quiz", quiz, "--out", out)
    assert shown.exit_code == 0, shown.stderr
    assert "left out: 1 without options or a picture" in shown.stdout
    assert (out / "answers.csv").is_file()


def test_pictures_are_sorted_into_classes(
    models: tuple[Path, Path], dataset: Path, tmp_path: Path
) -> None:
    usual = ("bench", "classification", "--base", models[0], "--dataset", dataset)
    shown = call(*usual, "--scope", "global", "--out", tmp_path / "scores", "--json")
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["variants"][0]["n_items"] == 3


def test_a_benchmark_offers_no_option_that_it_has_no_use_for(tmp_path: Path) -> None:
    for command, option in (
        ("retrieval", "--method"),
        ("zeroshot", "--measure"),
        ("zeroshot", "--dataset"),
        ("classification", "--quiz"),
    ):
        refused = call("bench", command, option, "x", "--out", tmp_path / "out")
        assert refused.exit_code == 2
        assert "No such option" in refused.stderr
