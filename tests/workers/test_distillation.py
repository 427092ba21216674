"""The study of distillation as jobs: one launch of the grid, students as variants, and one value.
Models are played.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from domain.artifacts import storage
from domain.benchmarks import queries as benchmarks
from domain.benchmarks.models import Benchmark
from domain.benchmarks.service import BY_LANGUAGE
from domain.jobs import claim, service
from domain.jobs import queries as jobs
from domain.jobs.models import Job, JobState
from domain.launches import errors
from domain.launches import inputs as job_inputs
from domain.launches import service as launches
from domain.variants.models import Variant
from specs.grids.distillation import DistillationStudy
from specs.job import JobSpec
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.distillation.distillation_measure import DistillationMeasure
from specs.kinds.distillation.distillation_prepare import DistillationPrepare
from specs.kinds.distillation.distillation_run import DistillationRun
from specs.kinds.model.model_distill import ModelDistill
from specs.kinds.quiz.quiz_import import QuizImport
from tests import pictures
from tests.workers import computes, computes_of_distillation
from tests.workers.test_kinds_of_the_method import Shop, shop
from workers import kinds

__all__ = ["shop"]

GRID = DistillationStudy(
    name="Ways", teachers=("Base",), dataset="Taught", test="Test", methods=("dr", "ed"), steps=3
)
TEACHER = DistillationMeasure(model="Base", dataset="Test")


@pytest.fixture
def school(shop: Shop) -> Shop:
    """With captions that say their language to teach on, and another data set to test on."""
    for spec, function in computes_of_distillation.FAKES.items():
        compute = f"{computes_of_distillation.__name__}:{function.__name__}"
        kinds.register(dataclasses.replace(kinds.find(spec.kind), compute=compute, preloaded=False))
    for name, language in (("Taught", "en-GB"), ("Thai", "th"), ("Test", "")):
        folder = pictures.write_folder(shop.bench.runtime.settings.inbox / name, num_items=4)
        told = {"licence": "CC0-1.0", "default_language": language}
        shop.make(DatasetImport(name=name, source=str(folder), **told))
    return shop


def queue_all(school: Shop, **changes: Any) -> list[Job]:
    recipe = GRID.model_copy(update=changes).to_recipe()
    settings = school.bench.runtime.settings
    return school.bench.do(launches.launch_recipe, recipe, settings, actor=None)


def launch(school: Shop, **changes: Any) -> list[Job]:
    made = queue_all(school, **changes)
    school.bench.runtime.run_available("gpu")
    school.bench.runtime.run_available("cpu")
    ended = [school.bench.look(job.id) for job in made]
    assert [(job.state, job.error) for job in ended] == [(JobState.SUCCEEDED, None)] * len(made)
    return ended


def test_one_launch_teaches_measures_and_joins_the_whole_grid(school: Shop) -> None:
    ended = launch(school)
    assert len(ended) == 3 + 2 * 4 + 1
    assert [job.kind for job in ended].count(DistillationPrepare.kind) == 1
    result = ended[-1].result or {}
    assert [(each["method"], each["mean"]) for each in result["averages"]] == [
        ("teacher", 1.0),
        ("DR", pytest.approx(76.5 / 80)),
        ("ED", pytest.approx(60.5 / 80)),
    ]
    assert [each["is_kept"] for each in result["kept"]] == [True, False]
    assert result["trade_offs"] == {"num_compared": 2, "found": []}
    student = school.find(Variant, "Ways: DR, seed 1")
    assert student.base_id == school.find(Variant, "Base").id


def test_what_was_measured_is_a_score_of_each_model_over_the_data_set(school: Shop) -> None:
    """Teachers too; once for each model, however many studies ask."""
    ended = launch(school)
    test = school.find(Benchmark, "Test")
    assert (test.format, test.default_mode) == ("dataset", "retrieval")
    scores = school.bench.do(benchmarks.list_scores, benchmark_id=test.id)
    names = {str(school.find(Variant, name).id): name for name in ("Base", "Ways: DR, seed 1")}
    found = {names.get(str(each.variant_id)): each.value for each in scores}
    assert (len(scores), found["Base"], found["Ways: DR, seed 1"]) == (5, 80.0, 77.0)
    assert {(each.mode, each.metric, each.judge) for each in scores} == {
        ("retrieval", "MRR@10", "similarity, retrieval, all taken as global")
    }
    assert [row["language"] for row in scores[0].facts[BY_LANGUAGE]] == ["en", "th"]
    measured = next(each for each in ended if each.kind == DistillationMeasure.kind)
    assert (measured.result or {})["num_scores"] == 1
    assert "scores" not in (measured.result or {})


def test_questions_are_a_score_over_their_quiz(school: Shop) -> None:
    folder = school.bench.runtime.settings.inbox / "asked"
    write_questions(folder)
    school.make(QuizImport(name="Dishes", source="asked", licence="CC0-1.0", scope="global"))
    school.make(DistillationMeasure(model="Base", dataset="Test", quiz="Dishes"))
    (score,) = school.bench.do(
        benchmarks.list_scores, benchmark_id=school.find(Benchmark, "Dishes").id
    )
    assert (score.mode, score.metric, score.value) == ("zeroshot", "accuracy", 40.0)


def write_questions(folder: Path) -> None:
    folder.mkdir()
    (folder / "a.png").write_bytes(pictures.png(40, 30))
    asked = {"key": "a", "question": "What?", "options": ["bread", "soup"], "answer": "B"}
    (folder / "questions.jsonl").write_text(json.dumps(asked | {"image": "a.png"}) + "\n")


def test_what_a_study_joined_is_written_down(school: Shop) -> None:
    *_, joined = launch(school)
    rows = school.bench.do(job_inputs.list_rows, joined.id)
    assert sorted(rows) == ["students-1", "students-2", "students-3", "students-4", "teachers-1"]
    published = school.bench.do(jobs.list_artifacts, joined.id)["output"]
    assert storage.exists(storage.join(published.uri, "study.json"))
    assert storage.exists(storage.join(published.uri, "values.csv"))


def test_the_same_grid_again_is_the_same_jobs(school: Shop) -> None:
    assert [job.id for job in launch(school)] == [job.id for job in launch(school)]


def test_a_method_more_teaches_nobody_anew(school: Shop) -> None:
    before, after = launch(school, methods=("dr",)), launch(school)
    told = [{job.id for job in each if job.kind == ModelDistill.kind} for each in (before, after)]
    assert len(told[0]) == 2
    assert told[0] < told[1]
    asked = {job.id for job in (*before, *after) if job.kind == DistillationPrepare.kind}
    assert len(asked) == 1


def test_a_student_is_taught_from_what_a_job_made_of_its_teacher(school: Shop) -> None:
    made = school.run(DistillationPrepare(teacher="Base", dataset="Taught"))
    student = ModelDistill(teacher="Base", dataset="Taught", material=str(made.id))
    assert school.make(student)["digest"]
    wrong = ModelDistill(teacher="Base", dataset="Taught", material=str(school.run(TEACHER).id))
    with pytest.raises(errors.InputNotMade, match="makes no material"):
        school.launch(wrong)


def test_data_that_a_method_cannot_use_end_the_study_before_a_student_is_taught(
    school: Shop,
) -> None:
    made = queue_all(school, dataset="Thai")
    school.bench.runtime.run_available("cpu")
    checked, *others, joined = [school.bench.look(job.id) for job in made]
    assert "caption in 'en' for every picture; 4 of 4" in (checked.error or {})["message"]
    assert joined.state == JobState.BLOCKED
    assert {job.started_at for job in others} == {None}


def test_measured_models_are_joined_by_the_ids_of_their_jobs_too(school: Shop) -> None:
    ended = launch(school)
    teacher, *rest = [str(job.id) for job in ended if job.kind == DistillationMeasure.kind]
    joined = DistillationRun(name="Again", teachers=(teacher,), students=tuple(rest))
    assert school.make(joined)["averages"] == (ended[-1].result or {})["averages"]
    changed = school.bench.do(
        launches.clone,
        school.run(joined).id,
        school.bench.runtime.settings,
        actor=None,
        changes={"students": rest[:2], "name": "Fewer"},
    )
    assert sorted(changed.inputs) == ["students-1", "students-2", "teachers-1"]


def test_joining_nothing_is_refused_before_it_is_queued(school: Shop) -> None:
    with pytest.raises(errors.InputMissing, match="teachers"):
        school.launch(DistillationRun(name="Nothing"))


def test_a_gap_fails_with_a_sentence(school: Shop) -> None:
    ended = launch(school)
    teacher, *rest = [str(job.id) for job in ended if job.kind == DistillationMeasure.kind]
    job = school.run(DistillationRun(name="Gap", teachers=(teacher,), students=tuple(rest[:3])))
    assert job.state == JobState.FAILED
    assert "no student of 'Base' by 'ED' with the seed 1" in (job.error or {})["message"]


@pytest.mark.parametrize(
    "which", ["distillation.prepare", "distillation.measure", "distillation.run"]
)
def test_what_fails_is_cancelled_or_lost_goes_on_to_its_end(
    which: str, school: Shop, tmp_path: Path
) -> None:
    """Failed with a sentence; asked to stop while it works; taken over from a worker whose token is
    old; and in the end it succeeds.
    """
    bench, spec = school.bench, _choose(school, which)
    queue = spec.find_queue()
    (school.data / computes.BEHAVE).write_text("fail")
    failed = school.launch(spec)
    bench.runtime.run_available(queue)
    failed = bench.look(failed.id)
    assert failed.state == JobState.FAILED
    assert (failed.error or {})["message"] == "The sky in row 3 is green; it must be blue."
    (school.data / computes.BEHAVE).write_text("wait")
    bench.do(service.retry, failed.id)
    thread = bench.run_aside(queue)
    bench.wait_until(lambda: bench.look(failed.id).state == JobState.RUNNING)
    bench.do(service.request_cancel, failed.id)
    thread.join(timeout=15)
    assert bench.look(failed.id).state == JobState.CANCELLED
    (school.data / computes.BEHAVE).unlink()
    bench.do(service.resume, failed.id)
    lost = bench.do(claim.take, [queue], owner="gone", lease_s=-1)
    bench.runtime.run_available(queue)
    done = bench.look(failed.id)
    assert done.fencing_token == lost.token + 1
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)


def _choose(school: Shop, which: str) -> JobSpec:
    if which == DistillationMeasure.kind:
        return TEACHER
    if which == DistillationPrepare.kind:
        return DistillationPrepare(teacher="Base", dataset="Taught")
    ended = launch(school)
    teacher, *rest = [str(job.id) for job in ended if job.kind == DistillationMeasure.kind]
    return DistillationRun(name="Late", teachers=(teacher,), students=tuple(rest))
