"""distillation.measure: every number is that of whoever computes it alone."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from ml.benchmarks.distillation import likeness, speed
from ml.benchmarks.distillation.values import FILE
from ml.benchmarks.embeddings.run import score_embeddings
from ml.benchmarks.problems import BenchmarkImpossible
from ml.loading import encoders
from ml.loading.encoders import Encoder
from ml.loading.problems import UnfitModel
from ml.progress import Silent, Stopped
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from stats.distillation.measures import MEASURES, TASKS
from stats.vectors import kernel_alignment
from tests import tiny_encoders
from tests.captioned import write_dataset

from .conftest import LANGUAGES, WORDS, Look, Measured, Teach

DIRECTIONS = ("image-to-text", "text-to-image")


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_retrieval_is_what_the_benchmark_of_embeddings_says(
    direction: str, of_student: Measured, student: Path, dataset: Path, tmp_path: Path
) -> None:
    told = score_embeddings(
        EmbeddingsScore(scope="global", batch_size=8), base=student, dataset=dataset,
        out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=Silent(),
    )  # fmt: skip
    (variant,) = told["variants"]
    assert of_student.facts["scores"]["dataset"] == pick_score(told)
    for name, value in variant["measures"][direction].items():
        assert of_student.find(direction, name) == value
    for row in variant["rows"]:
        if row["direction"] == direction:
            assert of_student.find(direction, "MRR@10", row["language"]) == row["MRR@10"]


def pick_score(told: dict[str, Any]) -> dict[str, Any]:
    """All by which a table of scores knows what may be compared, and the numbers."""
    return {name: told[name] for name in ("mode", "metric", "judge", "variants")}


def test_questions_are_what_the_benchmark_of_embeddings_says(
    of_student: Measured, student: Path, quiz: Path, tmp_path: Path
) -> None:
    told = score_embeddings(
        EmbeddingsScore(method="zeroshot", scope="global", batch_size=8), base=student, quiz=quiz,
        out_dir=tmp_path / "out", state_dir=tmp_path / "state", progress=Silent(),
    )  # fmt: skip
    (variant,) = told["variants"]
    assert of_student.facts["scores"]["quiz"] == pick_score(told)
    assert of_student.find("zeroshot", "accuracy") == variant["score"]
    assert of_student.find("zeroshot", "accuracy", "en") == variant["by_category"]["language:en"]


def test_a_student_is_half_as_deep_and_says_how_large_it_is(
    of_student: Measured, of_teacher: Measured, student: Path
) -> None:
    model = encoders.open_encoder(student).model
    assert of_student.find("size", "parameters") == sum(each.numel() for each in model.parameters())
    assert of_student.find("size", "parameters") < of_teacher.find("size", "parameters")
    assert of_student.find("size", "bytes") < of_teacher.find("size", "bytes")


def test_likeness_is_of_the_same_pictures_and_texts(
    of_student: Measured, student: Path, teacher: Path
) -> None:
    texts = [f"{word} th" for word in WORDS]
    vectors = [
        encoders.open_encoder(folder).embed_texts(texts).astype(np.float64)
        for folder in (student, teacher)
    ]
    wanted = kernel_alignment.measure(*vectors)
    assert of_student.find("texts-alike", "CKA", "th") == pytest.approx(wanted, abs=1e-4)
    assert of_student.find("pictures-alike", "CKA") <= 1.0 + 1e-9


def test_a_teacher_is_alike_to_nobody(of_teacher: Measured) -> None:
    tasks = {each["task"] for each in of_teacher.facts["values"]}
    assert tasks == set(TASKS) - {"pictures-alike", "texts-alike"}
    assert of_teacher.facts["origin"] is None


def test_every_measure_of_the_study_is_there_in_every_language(of_student: Measured) -> None:
    there = {(each["task"], each["measure"]) for each in of_student.facts["values"]}
    assert there == set(MEASURES)
    for task in ("consistency", "purity", *DIRECTIONS):
        own = {each["language"] for each in of_student.facts["values"] if each["task"] == task}
        assert own == {"", *LANGUAGES}


def test_texts_whose_ends_are_not_seen_are_counted(
    look: Look, teacher: Path, tmp_path: Path
) -> None:
    """The tiny models read 24 tokens of one letter each."""
    rows = [
        {"number": 200 + number, "caption": f"{word} {language} " * times, "language": language}
        for number, word in enumerate(WORDS)
        for language, times in (("en", 1), ("id", 9))
    ]
    found = look(teacher, dataset=write_dataset(tmp_path, rows), quiz=None)
    assert (found.facts["num_texts"], found.facts["num_cut"]) == (12, 6)
    assert (
        "6 of 12 texts are longer than the 24 tokens that 'clip' reads; they were embedded "
        "without their ends."
    ) in found.facts["notes"]


def test_a_model_that_reads_no_text_is_refused_before_a_picture_is_embedded(
    look: Look, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Encoder, "embed_pixels", lambda *_: pytest.fail("A picture was embedded."))
    folder = shutil.copytree(teacher, tmp_path / "mute", ignore=lambda *_: ["tokenizer.json"])
    with pytest.raises(UnfitModel, match="'mute' has no tokenizer"):
        look(folder)


def test_without_a_quiz_nothing_is_asked(look: Look, student: Path, teacher: Path) -> None:
    told = look(student, teacher, quiz=None)
    assert "zeroshot" not in {each["task"] for each in told.facts["values"]}
    assert told.facts["quiz"] is None
    assert set(told.facts["scores"]) == {"dataset"}


def test_the_files_say_what_the_result_says(of_student: Measured) -> None:
    assert json.loads((of_student.folder / FILE).read_text("utf-8")) == of_student.facts
    with (of_student.folder / "measured.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["value"]) for row in rows] == [
        each["value"] for each in of_student.facts["values"]
    ]


def test_how_the_student_was_taught_goes_with_it(
    of_student: Measured, of_teacher: Measured
) -> None:
    origin = of_student.facts["origin"]
    assert origin["formulations"] == [{"method": "fd", "weight": 1.0}]
    assert (origin["steps"], origin["batch_size"], origin["seed"]) == (2, 4, 0)
    assert origin["teacher"]["digest"] == of_teacher.facts["digest"]


def test_what_a_student_was_taught_on_does_not_measure_it(
    look: Look, student: Path, teacher: Path, taught_on: Path
) -> None:
    with pytest.raises(BenchmarkImpossible, match="is what the student was taught on"):
        look(student, teacher, dataset=taught_on)


def test_a_model_that_was_not_distilled_here_is_no_student(look: Look, teacher: Path) -> None:
    with pytest.raises(BenchmarkImpossible, match="'clip' does not say how it was taught"):
        look(teacher, teacher)


def test_what_was_made_of_a_student_is_none(
    look: Look, student: Path, teacher: Path, tmp_path: Path
) -> None:
    """Whoever tunes or merges it takes its other files over."""
    changed = shutil.copytree(student, tmp_path / "tuned")
    weights = load_file(changed / "model.safetensors")
    weights["logit_scale"] += 1
    save_file(weights, changed / "model.safetensors", {"format": "pt"})
    with pytest.raises(BenchmarkImpossible, match="'tuned' has other weights than those"):
        look(changed, teacher)


def test_a_student_beside_another_teacher_is_refused(
    look: Look, student: Path, tmp_path: Path
) -> None:
    other = tiny_encoders.build_clip(tmp_path / "other", seed=9)
    with pytest.raises(BenchmarkImpossible, match=r"was taught by another model \('clip', "):
        look(student, other)


def test_a_student_of_a_student_says_its_own_teacher(
    look: Look, teach: Teach, tmp_path: Path
) -> None:
    """What the teacher says of itself is not taken over."""
    tall = tiny_encoders.build_clip(tmp_path / "tall", seed=3, layers=4)
    middle = teach(by=tall, formulations=["sd"])
    small = teach(by=middle, formulations=["mcl"])
    origin = look(small, middle).facts["origin"]
    assert origin["formulations"][0]["method"] == "mcl"
    assert origin["teacher"]["name"] == "model"


def test_who_asks_to_stop_is_heard(look: Look, student: Path, teacher: Path) -> None:
    class Stops(Silent):
        def check(self) -> None:
            raise Stopped

    with pytest.raises(Stopped):
        look(student, teacher, progress=Stops())


@pytest.mark.parametrize("passed", [0, 1])
def test_who_asks_to_stop_once_all_is_embedded_is_heard_before_speed_is_taken(
    passed: int, look: Look, teacher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the consistency of languages, and at the purity of clusters."""

    class StopsAfterEmbedding(Silent):
        def __init__(self) -> None:
            self.left = passed + 1
            self.is_done = False

        def update(self, *given: Any, **more: Any) -> None:
            self.is_done = given[0] == given[1]

        def check(self) -> None:
            self.left -= self.is_done
            if not self.left:
                raise Stopped

    monkeypatch.setattr(speed, "take", lambda *_: pytest.fail("Nobody heard."))
    with pytest.raises(Stopped):
        look(teacher, progress=StopsAfterEmbedding())


def test_who_asks_to_stop_while_a_student_is_held_beside_its_teacher_is_heard(
    look: Look, student: Path, teacher: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clustered: list[Any] = []
    measure_purity = likeness.measure_purity

    class StopsAfterClustering(Silent):
        def check(self) -> None:
            if clustered:
                raise Stopped

    def watch(*given: Any) -> Any:
        clustered.append(measure_purity(*given))
        return clustered[0]

    monkeypatch.setattr(likeness, "measure_purity", watch)
    monkeypatch.setattr(speed, "take", lambda *_: pytest.fail("Nobody heard."))
    with pytest.raises(Stopped):
        look(student, teacher, progress=StopsAfterClustering())
