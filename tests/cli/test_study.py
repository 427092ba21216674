"""`ggez study`: from a study of people to files that the commands on plain files read."""

import json
from pathlib import Path

import pytest

from tests.studies import make_design, make_rater, make_study, rate_all

from .conftest import Terminal

NAME = "Breakfast dishes"


@pytest.fixture(autouse=True)
def _rated(terminal: Terminal) -> None:
    with terminal.database() as session:
        design = make_design(controls={"repeats": 0}, raters_per_item=2)
        study = make_study(session, terminal.settings, num_items=4, design=design, name=NAME)
        for values in ([1, 2, 3, 2], [2, 2, 3, 1]):
            rate_all(session, make_rater(session, study), values)


def test_studies_are_listed_with_how_far_they_are(terminal: Terminal) -> None:
    (listed,) = terminal.read("study", "list")["items"]

    assert (listed["name"], listed["state"]) == (NAME, "open")
    assert (listed["ratings"], listed["wanted"], listed["raters"]) == (16, 16, 2)


def test_what_is_taken_out_of_an_open_study_names_no_arm(
    terminal: Terminal, tmp_path: Path
) -> None:
    ratings, report = tmp_path / "ratings.csv", tmp_path / "study.json"
    done = terminal.run("study", "export", NAME, "--ratings", ratings, "--report", report)

    assert done.exit_code == 0, done.stderr
    assert "arm" not in ratings.read_text("utf-8-sig").splitlines()[0].split(",")
    assert json.loads(report.read_text("utf-8"))["is_sealed"]


def test_once_it_is_closed_the_plain_commands_compute_on_what_was_taken_out(
    terminal: Terminal, tmp_path: Path
) -> None:
    ratings, report = tmp_path / "ratings.csv", tmp_path / "study.json"
    assert terminal.run("study", "close", NAME).exit_code == 0
    terminal.run("study", "export", NAME, "--ratings", ratings, "--report", report)
    told = json.loads(report.read_text("utf-8"))
    baseline = told["effects"]["baseline"]
    effects = terminal.read("effects", ratings, "--baseline", baseline)
    printed = terminal.run("report", report, "--pdf", tmp_path / "report.pdf")

    assert effects["comparisons"] == told["effects"]["comparisons"]
    assert printed.exit_code == 0, printed.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["export", NAME], "Say what to write"),
        (["export", "Nothing", "--ratings", "out.csv"], "Nothing"),
        (["close", "Nothing"], "Nothing"),
    ],
)
def test_what_cannot_be_done_is_said(terminal: Terminal, words: list[str], sentence: str) -> None:
    done = terminal.run("study", *words)

    assert done.exit_code != 0
    assert sentence in done.stderr
