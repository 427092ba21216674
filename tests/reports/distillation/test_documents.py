"""A study of distillation on paper and as files."""

import datetime as dt
import json
from pathlib import Path

import pytest

from reports.distillation import document, figures, files
from reports.files import tables
from reports.files.study import ReportFileWrong
from reports.speech import Speech
from tests.distillation_studies import make_study

DATE = dt.date(2026, 5, 31)


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_same_study_gives_the_same_pdf(language: str) -> None:
    study = make_study(labels=("ED", "DR"), teachers=("World CLIP",))
    pdf = document.make(study, DATE, "1.0", language)
    assert pdf.startswith(b"%PDF")
    assert pdf == document.make(study, DATE, "1.0", language)


def test_the_document_says_whose_the_definitions_are_and_has_every_part() -> None:
    composed = document.compose(make_study(), DATE, "1.0", Speech("en"))
    told = json.dumps(composed)
    assert told.count("own definitions") == 2
    titles = [section["title"] for section in composed["sections"]]
    assert titles == [
        "The same for every student",
        "World CLIP: what was measured",
        "World CLIP: language by language",
        "World SigLIP2: every method in every task",
        "World SigLIP2: what was measured",
        "World SigLIP2: language by language",
        "What the average hides",
        "What each method makes small",
        "What was published",
        "What this report cannot tell",
    ]


def test_the_json_is_read_back_as_the_same_study(tmp_path: Path) -> None:
    study = make_study()
    path = tmp_path / "study.json"
    path.write_bytes(files.write(study))
    found = files.find(path)
    assert found is not None
    assert found == study
    assert files.write(found) == files.write(study)


def test_what_is_no_study_of_distillation_is_none_and_a_broken_one_is_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "study.json"
    for text in ("", "[]", '{"shape": 1}'):
        path.write_text(text)
        assert files.find(path) is None
    facts = json.loads(files.write(make_study()))
    path.write_text(json.dumps(facts | {"shape": 99}))
    with pytest.raises(ReportFileWrong, match="of the shape 99"):
        files.find(path)
    path.write_text(json.dumps(facts | {"teachers": [{"name": "x"}]}))
    with pytest.raises(ReportFileWrong, match="no whole study of distillation"):
        files.find(path)


def test_the_figures_have_a_row_for_every_cell_and_the_seeds_one_for_every_number() -> None:
    study = make_study()
    found, seeds = figures.list_figures(study), figures.list_seeds(study)
    assert len(found["value"]) == len(study.cells)
    assert len(seeds["value"]) == len(study.rows)
    teachers = [
        share for method, share in zip(found["method"], found["share"], strict=True)
        if method == "teacher"
    ]  # fmt: skip
    assert set(teachers) == {None}
    for low, value, high in zip(found["lowest"], found["value"], found["highest"], strict=True):
        assert low <= value <= high
    assert tables.write(found, "csv") == tables.write(figures.list_figures(make_study()), "csv")
    assert tables.write(seeds, "parquet").startswith(b"PAR1")


def test_the_codebook_has_every_column_and_every_measure() -> None:
    book = figures.list_codebook()
    named = set(zip(book["table"], book["name"], strict=True))
    assert {("figures", name) for name in figures.list_figures(make_study())} <= named
    assert {("seeds", name) for name in figures.list_seeds(make_study())} <= named
    assert ("measure", "image-to-text, MRR@10") in named
