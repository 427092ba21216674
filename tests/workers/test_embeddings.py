"""From a measured encoder to rows, through the real runtime and real child processes; similarity is
played.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.artifacts import service as artifacts
from domain.benchmarks.models import Benchmark, Score
from domain.jobs import claim, service
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.shelf import service as shelf
from domain.shipped import service as shipped
from domain.shipped.entries import ShippedModel
from domain.variants.models import Variant
from specs.job import JobSpec
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.embeddings.embeddings_score import EmbeddingsScore
from specs.kinds.model.model_merge import ModelMerge
from specs.kinds.quiz.quiz_import import QuizImport
from tests import pictures
from tests.workers import computes, computes_of_embeddings
from workers import kinds

from .conftest import Bench

SWEEP = EmbeddingsScore(base="World", tuned="Region", dataset="Plates", betas=(0.0, 0.5, 1.0))
ASKED = (
    {
        "key": "a",
        "question": "What?",
        "options": ["bread", "soup"],
        "answer": "B",
        "image": "a.png",
    },
)


class Counter:
    """Launch as the doors do, and run until nothing is left."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.data = bench.runtime.settings.data

    def run(self, spec: JobSpec, **options: Any) -> Job:
        settings = self.bench.runtime.settings
        job = self.bench.do(launches.launch, spec, settings, actor=None, **options).job
        self.bench.runtime.run_available("gpu")
        return self.bench.look(job.id)

    def make(self, spec: JobSpec, **options: Any) -> dict[str, Any]:
        job = self.run(spec, **options)
        assert job.state == JobState.SUCCEEDED, job.error
        return job.result or {}

    def find(self, table: Any, name: str) -> Any:
        found = self.bench.do(shelf.find_by_name, table, name)
        assert found is not None, name
        return found

    def count(self) -> list[int]:
        query = [select(func.count()).select_from(table) for table in (Benchmark, Variant, Score)]
        return self.bench.do(lambda session: [session.scalar(each) or 0 for each in query])

    def list_scores(self) -> list[Score]:
        return self.bench.do(lambda s: s.scalars(select(Score).order_by(Score.id)).all())


@pytest.fixture
def counter(bench: Bench, tmp_path: Path) -> Counter:
    """With two encoders, a data set and a quiz."""
    fakes = {EmbeddingsScore: computes_of_embeddings.score, ModelMerge: computes.merge}
    for spec, function in fakes.items():
        compute = f"{function.__module__}:{function.__name__}"
        kinds.register(dataclasses.replace(kinds.find(spec.kind), compute=compute, preloaded=False))
    settings = bench.runtime.settings
    models = []
    for name in ("World", "Region"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights.txt").write_text(name)
        models.append(ShippedModel(name=name, path=tmp_path / name, family="clip"))
    bench.do(shipped.register, settings, models)
    folder = pictures.write_folder(settings.inbox / "plates", num_items=3)
    asked = settings.inbox / "asked"
    asked.mkdir()
    (asked / "a.png").write_bytes(pictures.png(40, 30))
    (asked / "questions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ASKED))
    counter = Counter(bench)
    counter.make(DatasetImport(name="Plates", source=str(folder), licence="CC0-1.0"))
    counter.make(QuizImport(name="Dishes", source="asked", licence="CC0-1.0", scope="global"))
    return counter


def test_a_data_set_becomes_a_benchmark_when_an_encoder_is_first_scored_over_it(
    counter: Counter,
) -> None:
    result = counter.make(EmbeddingsScore(base="World", dataset="Plates"))
    made = counter.find(Benchmark, "Plates")
    assert result["benchmark_id"] == str(made.id)
    assert (made.format, made.scope, made.default_mode) == ("dataset", "mixed", "retrieval")
    assert (made.prompt_set_id, made.n_items) == (None, 3)
    world = counter.find(Variant, "World")
    assert result["rows"] == {"model": str(world.id)}
    first, second = counter.list_scores()
    assert {(each.scope, each.variant_id) for each in (first, second)} == {
        ("global", world.id), ("regional", world.id),
    }  # fmt: skip
    assert (first.mode, first.metric, first.judge) == (
        "retrieval", "MRR@10", "similarity, retrieval",
    )  # fmt: skip
    assert [row["language"] for row in first.facts["by_language"]] == ["id", "th"]
    # Scored once more, and in another mode: the same benchmark, other scores.
    counter.make(EmbeddingsScore(base="World", dataset="Plates"), fresh=True)
    counter.make(EmbeddingsScore(base="World", dataset="Plates", method="classification"))
    assert counter.count()[0] == 2
    assert {each.mode for each in counter.list_scores()} == {"retrieval", "classification"}


def test_what_a_sweep_scored_belongs_to_the_merges_that_it_interpolated(counter: Counter) -> None:
    rows = counter.make(SWEEP)["rows"]
    half = counter.find(Variant, "Region beta-0.5")
    base, tuned = counter.find(Variant, "World"), counter.find(Variant, "Region")
    assert (half.base_id, half.tuned_id, half.beta, half.artifact_id) == (
        base.id, tuned.id, 0.5, None,
    )  # fmt: skip
    assert (rows["beta-0"], rows["beta-0.5"]) == (str(base.id), str(half.id))
    assert {str(each.variant_id) for each in counter.list_scores()} == set(rows.values())
    # A merge of the two that is written is the one that was swept.
    (written,) = counter.make(ModelMerge(base="World", tuned="Region", betas=(0.5,)))["variants"]
    assert written["variant_id"] == rows["beta-0.5"]


def test_scores_over_a_quiz_stand_at_the_quiz(counter: Counter) -> None:
    spec = EmbeddingsScore(base="World", quiz="Dishes", method="zeroshot")
    quiz = counter.find(Benchmark, "Dishes")
    assert counter.make(spec)["benchmark_id"] == str(quiz.id)
    assert {each.benchmark_id for each in counter.list_scores()} == {quiz.id}
    assert counter.count()[0] == 1


def test_what_fails_is_cancelled_or_lost_leaves_no_row_and_then_those_of_one_run(
    counter: Counter,
) -> None:
    """Failed with a sentence; asked to stop while it works; taken over from a worker whose token
    is old; and in the end there is what one run makes.
    """
    bench, before = counter.bench, counter.count()
    (counter.data / computes.BEHAVE).write_text("fail")
    failed = counter.run(SWEEP)
    assert failed.error == {
        "kind": "invalid", "message": "The sky in row 3 is green; it must be blue.",
    }  # fmt: skip
    (counter.data / computes.BEHAVE).write_text("wait")
    bench.do(service.retry, failed.id)
    thread = bench.run_aside(SWEEP.queue)
    bench.wait_until(lambda: bench.look(failed.id).state == JobState.RUNNING)
    bench.do(service.request_cancel, failed.id)
    thread.join(timeout=15)
    assert bench.look(failed.id).state == JobState.CANCELLED
    assert counter.count() == before
    (counter.data / computes.BEHAVE).unlink()
    bench.do(service.resume, failed.id)
    lost = bench.do(claim.take, [SWEEP.queue], owner="gone", lease_s=-1)
    bench.runtime.run_available("gpu")
    assert bench.look(failed.id).fencing_token == lost.token + 1
    assert bench.look(failed.id).state == JobState.SUCCEEDED
    # The data set as a benchmark, two merges in memory, three variants over two scopes.
    assert counter.count() == [before[0] + 1, before[1] + 2, before[2] + 6]


def test_an_input_whose_files_are_gone_is_told_before_computing(counter: Counter) -> None:
    job = counter.bench.do(launches.launch, SWEEP, counter.bench.runtime.settings, actor=None).job
    counter.bench.do(artifacts.release, counter.find(Variant, "Region").artifact_id)
    counter.bench.runtime.run_available("gpu")
    ended = counter.bench.look(job.id)
    assert ended.state == JobState.FAILED
    assert counter.list_scores() == []
