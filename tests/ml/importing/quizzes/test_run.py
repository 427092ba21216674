"""quiz.import: published benchmarks and our own tables become one folder, and nothing is lost."""

import json
from pathlib import Path

import pytest

from ml.datasets.problems import UnreadableSource
from ml.progress import Silent, Stopped
from tests.ml.importing.quizzes.conftest import Importer
from tests.pictures import bomb_png, jpeg
from tests.published_quizzes import CVQA_ROWS, write_cvqa, write_jsonl


def test_our_own_rows_may_be_choices_open_and_without_pictures(
    importer: Importer, tmp_path: Path
) -> None:
    source = write_jsonl(
        tmp_path / "own.jsonl",
        [
            {"key": "a", "question": "What?", "options": ["bread", "rice"], "answer": 1,
             "scope": "global", "context": ["Rice grows."]},
            {"key": "b", "question": "Who?", "answers": ["a cook", "cook"], "scope": "regional",
             "colour": "red"},
            {"key": "c", "question": "Which?", "options": ["3", "1"], "answer": "1",
             "country": "Laos"},
            {"key": "c", "question": "Again?", "answer": "yes", "country": "Laos"},
            {"key": "d", "question": " ", "answer": "yes", "country": "Laos"},
            {"key": "e", "question": "Whose?", "options": ["x", "y"], "answer": "z",
             "country": "Laos"},
            {"key": "f", "question": "Where?", "answer": "here"},
            {"key": "g", "question": "Where?", "answer": "here", "country": "Laoss"},
            {"key": "h", "question": "Where?", "answer": "here", "country": "Atlantis",
             "scope": "global"},
        ],
    )  # fmt: skip
    found = importer.run(source)
    assert [(item.key, item.answers, item.scope) for item in found.items] == [
        ("a", ("rice",), "global"),
        ("b", ("a cook", "cook"), "regional"),
        ("c", ("1",), "regional"),
        ("h", ("here",), "global"),
    ]
    assert found.items[0].context == ("Rice grows.",)
    assert importer.reasons == {"repeated": 1, "no_question": 1, "no_answer": 1, "no_scope": 2}
    assert found.items[1].group == "b"


def test_our_own_rows_may_be_a_table_of_text(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(jpeg())
    (tmp_path / "own.csv").write_text(
        "question,option_a,option_b,answer,answers,picture,scope,mood\n"
        "What?,bread,rice,B,,pictures/a.jpg,regional,good\n"
        'Who?,,,,"[""a cook"", ""cook""]",,global,\n',
        "utf-8",
    )
    found = importer.run(tmp_path / "own.csv", region="")
    assert [item.answers for item in found.items] == [("rice",), ("a cook", "cook")]
    assert found.items[0].picture.startswith("pictures/")
    assert importer.facts["notes"] == ["Columns of 'quiz' that were not read: mood."]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (jpeg()[:-200], "truncated_picture"),
        (bomb_png(), "too_many_pixels"),
        (b"hello", "not_a_picture"),
        (b"", "empty_file"),
    ],
)
def test_a_question_whose_picture_is_broken_is_left_out(
    importer: Importer, tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "good.jpg").write_bytes(jpeg())
    (tmp_path / "bad.jpg").write_bytes(data)
    rows = [
        {"question": "What?", "answer": "x", "picture": f"{name}.jpg"} for name in ("good", "bad")
    ]
    found = importer.run(write_jsonl(tmp_path / "own.jsonl", rows), scope="global")
    assert len(found.items) == 1
    assert importer.reasons == {reason: 1}


def test_a_picture_outside_the_folder_is_not_read(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(jpeg())
    (tmp_path / "quiz").mkdir()
    rows = [
        {"question": "What?", "answer": "x", "picture": "../secret.jpg"},
        {"question": "What?", "answer": "x"},
    ]
    write_jsonl(tmp_path / "quiz" / "own.jsonl", rows)
    importer.run(tmp_path / "quiz", scope="global")
    assert importer.reasons == {"outside_folder": 1}


def test_what_is_no_quiz_is_refused_with_the_columns_that_are_needed(
    importer: Importer, tmp_path: Path
) -> None:
    source = write_jsonl(tmp_path / "captions.jsonl", [{"image": "a.jpg", "caption": "bread"}])
    with pytest.raises(UnreadableSource, match=r"columns are: image, caption. Needed are, for cvq"):
        importer.run(source)


def test_tables_of_several_formats_are_asked_about(importer: Importer, tmp_path: Path) -> None:
    write_cvqa(tmp_path / "quiz")
    write_jsonl(tmp_path / "quiz" / "own.jsonl", [{"question": "What?", "answer": "x"}])
    with pytest.raises(UnreadableSource, match=r"several formats \(jsonl, parquet\)"):
        importer.run(tmp_path / "quiz")
    assert len(importer.run(tmp_path / "quiz", format="parquet").items) == 2


class StopsAfter(Silent):
    def __init__(self, times: int) -> None:
        self.times = times

    def check(self) -> None:
        self.times -= 1
        if self.times < 0:
            raise Stopped


def test_an_import_that_was_stopped_goes_on_and_ends_with_the_same_digest(tmp_path: Path) -> None:
    rows = [
        {"question": f"What {number}?", "answer": "x", "picture": f"{number % 3}.jpg"}
        for number in range(30)
    ]
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(seed=number))
    source = write_jsonl(tmp_path / "own.jsonl", [*rows, {"question": ""}])
    whole, broken = Importer(tmp_path / "a"), Importer(tmp_path / "b")
    wanted = whole.run(source, scope="global").facts.digest
    with pytest.raises(Stopped):
        broken.run(source, StopsAfter(11), scope="global")
    assert json.loads((broken.folder / "state" / "checkpoint.json").read_text())["position"] == 11
    assert broken.run(source, scope="global").facts.digest == wanted
    assert broken.facts["num_problems"] == whole.facts["num_problems"] == 1


def test_an_import_stops_when_it_has_enough(importer: Importer, tmp_path: Path) -> None:
    rows = [{**row, "Label": 0} for row in CVQA_ROWS]
    found = importer.run(write_cvqa(tmp_path / "cvqa", rows), words="both", max_questions=3)
    assert len(found.items) == 3
