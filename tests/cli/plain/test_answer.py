"""`ggez answer`, as people and programs call it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from cli.main import ggez
from ml import digests
from ml.loading import quizzes
from specs.quiz import QuizItem
from tests import tiny_speakers


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_speakers.build_llava(tmp_path_factory.mktemp("models") / "llava")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "quiz" / "pictures").mkdir(parents=True)
    picture = tmp_path / "quiz" / "pictures" / "0.png"
    Image.new("RGB", (40, 48), "teal").save(picture)
    item = QuizItem(
        key="dish", question="Which dish is this?", options=("Rendang", "Pho"), answer=0,
        picture="pictures/0.png", sha256=digests.of_file(picture),
    )  # fmt: skip
    quizzes.write(tmp_path / "quiz", [item], name="Dishes", licence="CC0-1.0")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(model: Path, *words: str) -> Result:
    always = ("--quiz", "quiz", "--out", "out", "--max-new-tokens", "4", "--threads", "1")
    return CliRunner().invoke(ggez, ["answer", "--base", str(model), *always, *words])


def test_a_sweep_answers_once_for_every_beta_and_seed(folder: Path, model: Path) -> None:
    done = call(
        model, "--tuned", str(model), "--beta", "0", "--beta", "0.25", "--seed", "1", "--seed", "2",
        "--temperature", "1", "--likelihood", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert [each["variant"] for each in result["variants"]] == ["beta-0", "beta-0.25"]
    assert result["num_answers"] == 4
    rows = [json.loads(line) for line in (folder / "out/outputs.jsonl").read_text().splitlines()]
    assert [(row["beta"], row["seed"]) for row in rows] == [(0, 1), (0, 2), (0.25, 1), (0.25, 2)]
    assert {len(row["option_scores"]) for row in rows} == {2}
    assert (folder / "out" / "pictures" / "0.png").is_file()


def test_people_read_a_table_and_what_was_cut(folder: Path, model: Path) -> None:
    passages = [{"id": f"p{number}", "text": "x" * 2500} for number in range(2)]
    (folder / "passages.jsonl").write_text(json.dumps({"key": "dish", "passages": passages}))
    done = call(model, "--passages", "passages.jsonl")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].split() == [
        "variant", "answers", "unfinished", "cut", "empty",
    ]  # fmt: skip
    assert done.stdout.splitlines()[1].split()[:2] == ["model", "1"]
    assert "1 answers were given without some of their passages" in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--beta", "2"), "betas.0: Input should be less than or equal to 1"),
        (("--tuned", "x"), "A sweep needs betas"),
        (("--seed", "1", "--seed", "2"), "At temperature 0 every seed gives the same answer"),
        (("--quiz", "nowhere"), "There is no file or folder 'nowhere' (quiz)"),
        (("--tuned", "hub:some/model", "--beta", "0"), "lies on a hub, and only model.import"),
        (("--beta", "0.5"), "Betas need a second model to merge with, and none was given."),
        (("--passages", "quiz"), "'quiz' is a folder; passages are one file."),
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
    done = CliRunner().invoke(ggez, ["answer", "--out", "out"])
    assert done.exit_code == 2
    assert "Missing option '--base'" in done.stderr
