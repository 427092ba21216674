"""`ggez bench score` on plain files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez

QUESTIONS = """item_id,proposition_id,dependency,category_broad,question_natural_language
cat,1,0,entity,Is there a cat?
cat,2,1,attribute,Is it red?
cat,3,"2, big",attribute,Is it big?
sky,1,0,global,Is it night?
"""


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(QUESTIONS, "utf-8")
    return path


def call(questions: Path, answers: str, *arguments: str) -> Result:
    path = questions.with_name("answers.csv")
    path.write_text(answers, "utf-8")
    given = ["--questions", str(questions), "--answers", str(path), *arguments]
    return CliRunner().invoke(ggez, ["bench", "score", *given])


HEADER = "item_id,proposition_id,answer\n"
ALL = HEADER + "cat,1,No\ncat,2,yes\ncat,3,TRUE\nsky,1,1\n"


@pytest.mark.parametrize(
    ("mode", "score"),
    # cat: dsg keeps question 3, whose parent was answered yes; dpg lets the zero go on; as
    # published, question 1 is lost with the first row, and question 2 with its parent: no cat.
    [("dsg", 100 * (1 / 3 + 1) / 2), ("dpg", 50), ("dpg-official", 100)],
)
def test_a_score_carries_its_mode_and_what_was_tolerated(
    questions: Path, mode: str, score: float
) -> None:
    found = json.loads(call(questions, ALL, "--mode", mode, "--json").stdout)
    assert found["mode"] == mode
    assert found["score"] == pytest.approx(score)
    assert (found["gaps"], found["malformed"], found["unknown"]) == (0, 1, 0)
    if mode == "dpg-official":
        assert (found["n_items"], found["left_out"][0]["item_id"]) == (1, "cat")
    else:
        assert (found["n_items"], found["n_questions"], found["left_out"]) == (2, 4, [])
        assert found["by_category"]["global"] == 100


def test_a_gap_is_counted_and_leaves_its_item_out(questions: Path) -> None:
    answers = HEADER + "cat,1,perhaps\ncat,2,yes\nsky,1,yes\n"
    found = json.loads(call(questions, answers, "--mode", "dsg", "--json").stdout)
    assert (found["score"], found["n_items"], found["n_questions"], found["gaps"]) == (100, 1, 1, 2)
    assert found["left_out"][0]["message"] == "2 of 3 answers are missing or neither yes nor no"


def test_variants_are_scored_apart(questions: Path) -> None:
    answers = "variant,seed,item_id,proposition_id,answer\n" + "".join(
        f"{variant},{seed},sky,1,{answer}\n"
        for variant, seed, answer in (("b", 0, "no"), ("b", 1, "yes"), ("a", 0, "1"), ("a", 1, "1"))
    )
    result = call(questions, answers, "--mode", "dsg", "--by", "variant", "--json")
    found = json.loads(result.stdout)
    assert (found["mode"], found["by"]) == ("dsg", "variant")
    assert [(each["variant"], each["score"]) for each in found["groups"]] == [("b", 50), ("a", 100)]
    assert [each["n_crops"] for each in found["groups"]] == [2, 2]
    text = call(questions, answers, "--mode", "dsg", "--by", "variant").output
    assert "variant b" in text
    assert "only numbers count: 2" in text  # the malformed cell


def test_no_item_that_can_be_scored_is_null(questions: Path) -> None:
    answers = HEADER + "cat,1,perhaps\n"
    result = call(questions, answers, "--mode", "dpg", "--json")
    assert json.loads(result.stdout)["score"] is None
    assert "no item could be scored" in call(questions, answers, "--mode", "dpg").output


@pytest.mark.parametrize(
    ("answers", "arguments", "sentence"),
    [
        (ALL, ("--mode", "best"), "'best' is not one of"),
        (ALL, (), "Missing option '--mode'"),
        (ALL + "cat,1,no\n", ("--mode", "dsg"), "line 6: proposition 1 of 'cat' was answered in l"),
        (HEADER + "dog,1,no\n", ("--mode", "dsg"), "None of the answers belongs"),
        ("item_id,answer\n", ("--mode", "dsg"), "lacks the columns 'proposition_id'"),
        (ALL, ("--mode", "dsg", "--by", "variant"), "has no column 'variant'"),
    ],
)
def test_wrong_files_are_refused_in_a_sentence(
    questions: Path, answers: str, arguments: tuple[str, ...], sentence: str
) -> None:
    result = call(questions, answers, *arguments)
    assert result.exit_code == 2
    assert sentence in result.output
