"""quiz.import: published benchmarks and our own tables become one folder, and nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from ml.datasets.problems import UnreadableSource
from ml.importing.quizzes.run import import_quiz
from ml.loading import quizzes
from ml.loading.quizzes import Quiz
from ml.progress import Silent, Stopped
from specs.kinds.quiz.quiz_import import QuizImport
from tests.pictures import bomb_png, jpeg
from tests.published_quizzes import (
    CVQA_ROWS,
    write_cvqa,
    write_jsonl,
    write_sea_vqa,
    write_worldcuisines,
)


class Importer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = {}

    def run(self, source: Path, progress: Any = None, **given: Any) -> Quiz:
        spec = QuizImport.model_validate(
            {"name": "Quiz", "source": "quiz", "licence": "CC-BY-4.0", "region": "sea"} | given
        )
        out = self.folder / "out"
        self.facts = import_quiz(
            spec,
            path=str(source),
            region=regions.get_region(Settings(), spec.region) if spec.region else None,
            out_dir=out,
            state_dir=self.folder / "state",
            progress=progress or Silent(),
        )
        return quizzes.read(out)

    @property
    def reasons(self) -> dict[str, int]:
        lines = (self.folder / "out" / "problems.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == self.facts["num_problems"]
        found: dict[str, int] = self.facts["reasons"]
        return found


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path / "import")


def test_cvqa_is_asked_in_its_own_words(importer: Importer, tmp_path: Path) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"))
    first, second = found.items
    assert first.question == "Apa nama makanan ini?"
    assert first.options == ("Rendang", "Gudeg", "Soto", "Rawon")
    assert first.answers == ("Gudeg",)
    assert (first.country, first.language, first.scope, first.region) == (
        "ID", "id", "regional", "sea",
    )  # fmt: skip
    assert (first.category, first.split) == ("Cooking and food", "test")
    assert first.licence == "CC BY-SA"
    assert (second.country, second.language, second.scope, second.region) == (
        "JP", "ja", "global", "",
    )  # fmt: skip
    picture = found.open_picture(first)
    assert picture is not None
    assert picture.size == (64, 64)


def test_an_answer_that_its_publisher_keeps_back_is_a_problem(
    importer: Importer, tmp_path: Path
) -> None:
    importer.run(write_cvqa(tmp_path / "cvqa"))
    assert importer.reasons == {"no_answer": 1}
    assert "keeps the answer back" in importer.facts["problems"][0]["message"]


def test_cvqa_in_both_languages_is_one_group_per_question(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_cvqa(tmp_path / "cvqa"), words="both")
    own, translated = found.items[:2]
    assert own.group == translated.group
    assert own.key != translated.key
    assert (translated.language, translated.question) == ("en", "What is the name of this food?")
    assert translated.options == ("Rendang", "Gudeg", "Soup", "Black soup")
    assert own.sha256 == translated.sha256


def test_sea_vqa_takes_the_country_of_its_table_and_pictures_by_name(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_sea_vqa(tmp_path / "sea-vqa"))
    assert [item.answers for item in found.items] == [("Angkor Wat",), ("Royal ballet",)]
    assert {(item.country, item.scope, item.language) for item in found.items} == {
        ("KH", "regional", "en")
    }
    # A cell that names no option, and a picture that nobody put there.
    assert importer.reasons == {"no_answer": 1, "remote_picture": 1}
    assert "put the file 'gone.jpg' into the folder" in str(importer.facts["problems"])


def test_worldcuisines_options_are_read_from_its_prompt(importer: Importer, tmp_path: Path) -> None:
    found = importer.run(write_worldcuisines(tmp_path / "wc"))
    french, indonesian = found.items
    assert indonesian.question == "Negara manakah yang mempopulerkan hidangan ini?"
    assert indonesian.options == ("Jepang", "Filipina", "Indonesia", "Hong Kong", "Hong Kong")
    assert indonesian.answer == 2
    assert (indonesian.language, french.language) == ("id-x-formal", "fr")
    assert indonesian.group == french.group == "small_task2-300"
    assert (french.country, french.scope) == ("ID", "regional")  # of the dish, not the words
    assert importer.reasons == {}


def test_worldcuisines_in_words_may_accept_every_language(
    importer: Importer, tmp_path: Path
) -> None:
    found = importer.run(write_worldcuisines(tmp_path / "wc"), form="open", accepted="group")
    assert [item.answers for item in found.items] == [
        ("Indonésie", "Indonesia"),
        ("Indonesia", "Indonésie"),
    ]
    assert not any(item.is_choice for item in found.items)


def test_a_row_whose_country_nobody_knows_has_no_scope(importer: Importer, tmp_path: Path) -> None:
    source = write_worldcuisines(tmp_path / "wc", with_kb=False)
    with pytest.raises(UnreadableSource, match="does not say its country"):
        importer.run(source)
    found = importer.run(source, scope="regional", languages=["id"])
    assert [item.scope for item in found.items] == ["regional"]
    assert importer.facts["num_passed_over"] == 1


def test_worldcuisines_of_the_later_version_counts_from_zero(
    importer: Importer, tmp_path: Path
) -> None:
    row = {
        "qa_id": 7, "lang": "en", "question": "Where is it from?", "prompt_type": "2",
        "options": ["Japan", "Laos"], "mcq_answer_index": 1, "answer": "Laos",
        "image_path": "plate.jpg", "Countries": ["Thailand", "Japan"],
    }  # fmt: skip
    (tmp_path / "wc").mkdir()
    (tmp_path / "wc" / "plate.jpg").write_bytes(jpeg())
    write_jsonl(tmp_path / "wc" / "test.jsonl", [row])
    (item,) = importer.run(tmp_path / "wc").items
    assert (item.key, item.answers, item.country) == ("type-2-7-en", ("Laos",), "TH")


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
        ],
    )  # fmt: skip
    found = importer.run(source)
    assert [(item.key, item.answers, item.scope) for item in found.items] == [
        ("a", ("rice",), "global"),
        ("b", ("a cook", "cook"), "regional"),
        ("c", ("1",), "regional"),
    ]
    assert found.items[0].context == ("Rice grows.",)
    assert importer.reasons == {"repeated": 1, "no_question": 1, "no_answer": 1, "no_scope": 1}
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
