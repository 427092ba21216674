"""`ggez distillation`: the whole grid in one process, on tiny models of the real class."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from stats.distillation.study import Study
from tests import tiny_encoders
from tests.captioned import write_dataset

LANGUAGES = ("en", "th")
WORDS = ("rice", "soup", "bread", "noodles", "fish", "tea")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher, and data sets to teach and to test on."""
    folder = tmp_path_factory.mktemp("study")
    tiny_encoders.build_clip(folder / "clip")
    for first, name in enumerate(("taught", "tested")):
        rows = [
            {"number": 100 * first + number, "caption": f"{word} {language}", "language": language}
            for number, word in enumerate(WORDS)
            for language in LANGUAGES
        ]
        write_dataset(folder / name, rows)
    return folder


def call(place: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(place)
    given = ["--name", "Ways", "--teachers", "clip", "--dataset", "taught/dataset"]
    given += ["--test", "tested/dataset", "--steps", "1", "--batch-size", "4", "--device", "cpu"]
    given += ["--methods", "fd", "--methods", "0.5 ed + mcl", "--out", "ways"]
    return CliRunner().invoke(ggez, ["distillation", *given, *arguments])


@pytest.fixture(scope="module")
def told(place: Path) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        result = call(place, monkeypatch, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_whole_grid_is_taught_measured_and_joined(told: dict[str, Any], place: Path) -> None:
    study = Study.from_json(told)
    assert [method.label for method in study.methods] == ["FD", "0.5 ED + MCL"]
    assert (study.seeds, study.languages) == ((0, 1), LANGUAGES)
    assert len(study.students) == 4
    assert {each.digest for each in study.students} != {study.students[0].digest}
    assert study.find("clip", "FD", ("texts-alike", "CKA", "th")) is not None
    written = json.loads((place / "ways" / "study.json").read_text("utf-8"))
    assert written | {"folder": "ways"} == told
    assert (place / "ways" / "codebook.csv").is_file()


def test_tables_and_sentences_for_people_and_nothing_is_computed_again(
    told: dict[str, Any], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = call(place, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "[12/12] study: known" in result.stderr
    assert "clip (CLIP):" in result.stdout
    assert "0.5 ED + MCL" in result.stdout
    assert "in 12 comparisons" in result.stdout or "of 12 comparisons" in result.stdout


def test_data_that_a_method_cannot_use_end_the_study_at_its_first_step(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not where the student of that method begins, after all others were taught."""
    rows = [
        {"number": 1, "caption": "rice", "language": "en-US"},
        {"number": 1, "caption": "nasi", "language": "id"},
        {"number": 2, "caption": "sop", "language": "id"},
    ]
    data = write_dataset(tmp_path, rows)
    out = tmp_path / "ways"
    result = call(place, monkeypatch, "--dataset", str(data), "--out", str(out))
    assert result.exit_code != 0
    assert "needs a caption in 'en' for every picture; 1 of 2 have none" in result.stderr
    assert "check: Check data to distil on" in result.stderr
    assert "measure-1" not in result.stderr
    assert not list((out / "steps").glob("*/result.json"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--methods", "kd"], "methods.2: 'kd' is not a formulation"),
        (["--test", "taught/dataset"], "measured on what they were taught on"),
        (["--teachers", "nowhere"], "There is no file or folder 'nowhere'"),
    ],
)
def test_what_cannot_be_studied_is_said_before_anything_is_computed(
    arguments: list[str], sentence: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = call(place, monkeypatch, *arguments, "--out", "other")
    assert result.exit_code != 0
    assert sentence in result.stderr
    assert not (place / "other" / "steps").exists()
