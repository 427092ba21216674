"""distillation.measure over captions of which some do not say their language."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ml.benchmarks.distillation.joining import join
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Silent
from ml.training.data import captioned
from specs.kinds.distillation.distillation_run import DistillationRun
from tests import quizzes
from tests.captioned import write_dataset

from .conftest import WORDS, Look, Measured

DIRECTIONS = ("image-to-text", "text-to-image")


def write(folder: Path, languages: Sequence[str]) -> Path:
    rows = [
        {"number": 200 + number, "caption": f"{word} {language}", "language": language}
        for number, word in enumerate(WORDS)
        for language in languages
    ]
    return write_dataset(folder, rows)


@pytest.fixture(scope="module")
def partly_named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("partly"), ["en", "id", ""])


@pytest.fixture(scope="module")
def told(look: Look, student: Path, teacher: Path, partly_named: Path) -> Measured:
    return look(student, teacher, dataset=partly_named)


def test_captions_without_a_language_count_in_all_and_in_no_language(told: Measured) -> None:
    places = [
        (each["task"], each["measure"], each["language"]) for each in told.facts["values"]
    ]  # fmt: skip
    assert len(set(places)) == len(places)
    by_language = {language for task, _, language in places if task in (*DIRECTIONS, "purity")}
    assert by_language == {"", "en", "id"}
    assert {language for task, _, language in places if task == "texts-alike"} == {"en", "id"}
    num_items = {
        each["task"]: each["num_items"] for each in told.facts["values"] if not each["language"]
    }
    assert (num_items["text-to-image"], num_items["purity"]) == (3 * len(WORDS), 3 * len(WORDS))
    assert (
        "6 of 18 captions do not say their language. They count where all languages are taken "
        "together, in no language's own values, and not in consistency."
    ) in told.facts["notes"]


def test_consistency_is_between_languages_that_are_named(
    told: Measured, look: Look, student: Path, teacher: Path, tmp_path: Path
) -> None:
    named = look(student, teacher, dataset=write(tmp_path, ["en", "id"]))
    for language in ("", "en", "id"):
        ours, theirs = (
            each.find("consistency", "rank correlation", language) for each in (told, named)
        )
        assert ours == pytest.approx(theirs, abs=1e-4)


def test_a_study_can_be_made_of_it(
    told: Measured, look: Look, teacher: Path, partly_named: Path, tmp_path: Path
) -> None:
    study = join(
        DistillationRun(name="One way"),
        teachers=[look(teacher, dataset=partly_named).folder],
        students=[told.folder],
        out_dir=tmp_path / "out",
        state_dir=tmp_path / "state",
        progress=Silent(),
    )
    assert study["languages"] == ["en", "id"]


def test_captions_in_one_named_language_are_refused_before_anything_is_embedded(
    look: Look, teacher: Path, tmp_path: Path
) -> None:
    class NeverAsked(Silent):
        def update(self, *args: object, **more: object) -> None:
            raise AssertionError(args)

    with pytest.raises(BenchmarkImpossible, match=r"2 languages.*6 of 12 captions do not say"):
        look(teacher, dataset=write(tmp_path, ["en", ""]), progress=NeverAsked())


def test_two_spellings_of_a_tag_are_one_language(look: Look, teacher: Path, tmp_path: Path) -> None:
    with pytest.raises(BenchmarkImpossible, match="in 2 languages"):
        look(teacher, dataset=write(tmp_path, ["en-US", "EN_us"]))


def test_varieties_are_languages_wherever_they_are_learnt_or_measured(
    look: Look, student: Path, teacher: Path, tmp_path: Path
) -> None:
    """Of one caption in two scripts, neither stands for the other."""
    languages = {"en", "zh-Hans", "zh-Hant"}
    dataset = write(tmp_path, sorted(languages))
    about = quizzes.place_picture(tmp_path / "quiz")
    items = [
        quizzes.make_item(f"q{number}", language=language, **about)
        for number, language in enumerate(sorted(languages))
    ]
    quiz = quizzes.write_quiz(tmp_path / "quiz", items)
    told = look(student, teacher, dataset=dataset, quiz=quiz)
    for task in (*DIRECTIONS, "consistency", "purity", "zeroshot"):
        own = {each["language"] for each in told.facts["values"] if each["task"] == task}
        assert own == {"", *languages}
    learnt, num_left_out = captioned.find_items(dataset, one_a_language=True)
    assert (set(captioned.list_languages(learnt)), num_left_out) == (languages, 0)
