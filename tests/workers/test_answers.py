"""From a quiz to answers with and without passages, through the real runtime and real child
processes; models are played.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark, QuizQuestion, Score
from domain.jobs import claim, service
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.outputs import service as outputs
from domain.outputs.models import Output
from domain.shelf import service as shelf
from domain.shipped import service as shipped
from domain.shipped.entries import ShippedModel
from domain.variants.models import Variant
from specs.job import JobSpec
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.answers.answers_score import AnswersScore
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from specs.kinds.model.model_instruct import ModelInstruct
from specs.kinds.model.model_merge import ModelMerge
from specs.kinds.quiz.quiz_import import QuizImport
from tests import pictures
from tests.factories import make_knowledge_base
from tests.workers import computes, computes_of_answers
from workers import kinds

from .conftest import Bench

ROWS: tuple[dict[str, Any], ...] = (
    {"key": "a", "question": "What is soto?", "options": ["bread", "soup"], "answer": "B",
     "image": "a.png", "country": "ID", "language": "id"},
    {"key": "b", "question": "What is rendang?", "options": ["stew", "soup"], "answer": "A",
     "country": "ID", "language": "en"},
    {"key": "c", "question": "What is pho?", "options": ["stew", "soup"], "answer": "B",
     "country": "VN", "language": "en"},
    {"key": "d", "question": "What is bread?", "options": ["dough", "soup"], "answer": "A",
     "country": "FR", "language": "en"},
)  # fmt: skip
PASSAGES = ("Soto is a clear soup.", "Rendang is a dry stew.", "Pho is a soup of noodles.")
QUIZ = QuizImport(name="Dishes", source="asked", licence="CC0-1.0", region="sea")
TEACH = ModelInstruct(name="Taught", base="World", quiz="Dishes")
PLAIN = AnswersGenerate(base="World", tuned="Region", quiz="Dishes", betas=(0.0, 0.25))
_TOLD: dict[str, JobSpec] = {each.kind: each for each in (TEACH, PLAIN)}


class Kitchen:
    """Launch as the doors do, and run until nothing is left."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.data = bench.runtime.settings.data

    def launch(self, spec: JobSpec, **options: Any) -> Job:
        settings = self.bench.runtime.settings
        return self.bench.do(launches.launch, spec, settings, actor=None, **options).job

    def run(self, spec: JobSpec, **options: Any) -> Job:
        job = self.launch(spec, **options)
        self.bench.runtime.run_available("gpu")
        return self.bench.look(job.id)

    def make(self, spec: JobSpec, **options: Any) -> Job:
        job = self.run(spec, **options)
        assert job.state == JobState.SUCCEEDED, job.error
        return job

    def count(self, *tables: Any) -> list[int]:
        query = [select(func.count()).select_from(table) for table in tables]
        return self.bench.do(lambda session: [session.scalar(each) or 0 for each in query])

    def find(self, table: Any, name: str) -> Any:
        found = self.bench.do(shelf.find_by_name, table, name)
        assert found is not None, name
        return found


def play(fakes: dict[type[JobSpec], Any], module: Any) -> None:
    for spec, function in fakes.items():
        compute = f"{module.__name__}:{function.__name__}"
        kinds.register(dataclasses.replace(kinds.find(spec.kind), compute=compute, preloaded=False))


@pytest.fixture
def kitchen(bench: Bench, tmp_path: Path) -> Kitchen:
    """With two models, a knowledge base, and a quiz that lies in an import folder."""
    play(computes_of_answers.FAKES, computes_of_answers)
    play({ModelMerge: computes.merge}, computes)
    settings = bench.runtime.settings
    for name in ("World", "Region"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "weights.txt").write_text(name)
    models = [ShippedModel(name=name, path=tmp_path / name, family="llava")
              for name in ("World", "Region")]  # fmt: skip
    bench.do(shipped.register, settings, models)
    folder = settings.inbox / "asked"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(pictures.png(40, 30))
    (folder / "questions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    bench.do(make_knowledge_base, *PASSAGES, name="Kitchen")
    return Kitchen(bench)


def list_answers(session: Session, variant: Variant) -> dict[str, str]:
    query = select(Output).where(Output.variant_id == variant.id).order_by(Output.id)
    asked = quizzes.map_questions(session, [each.prompt_id for each in session.scalars(query)])
    return {
        asked[each.prompt_id].question: each.text or "" for each in session.scalars(query).all()
    }


def test_a_sweep_answers_for_the_merges_that_it_interpolated(kitchen: Kitchen) -> None:
    kitchen.make(QUIZ)
    job = kitchen.make(PLAIN)
    result = job.result or {}
    merge = kitchen.find(Variant, "Region beta-0.25")
    assert (merge.role, merge.beta, merge.artifact_id) == ("merge", 0.25, None)
    assert result["rows"] == {
        "beta-0": str(kitchen.find(Variant, "World").id), "beta-0.25": str(merge.id),
    }  # fmt: skip
    assert (result["num_outputs"], result["num_new"], result["num_empty"]) == (8, 8, 0)
    assert list(kitchen.bench.do(list_answers, merge).values()) == ["B", "B", "A", "A"]

    def read_picture(session: Session) -> tuple[bytes, str]:
        asked = select(Output).where(Output.question_file.is_not(None)).limit(1)
        return outputs.read_question_picture(session, session.scalars(asked).one())

    assert kitchen.bench.do(read_picture) == (pictures.png(40, 30), "image/png")
    assert (kitchen.make(PLAIN, fresh=True).result or {})["num_new"] == 0


def test_what_is_answered_with_passages_belongs_to_a_variant_of_its_own(kitchen: Kitchen) -> None:
    kitchen.make(QUIZ)
    kitchen.make(KnowledgeIndex(knowledge="Kitchen"))
    find = KnowledgeRetrieve(knowledge="Kitchen", quiz="Dishes", method="lexical", num_passages=2)
    found = kitchen.make(find)
    kitchen.make(PLAIN)
    helped = kitchen.make(PLAIN.model_copy(update={"passages": str(found.id)}))
    base, merge = kitchen.find(Variant, "World"), kitchen.find(Variant, "Region beta-0.25")
    base_helped = kitchen.find(Variant, "World + Kitchen")
    merge_helped = kitchen.find(Variant, "Region beta-0.25 + Kitchen")
    assert (base_helped.role, base_helped.base_id) == ("retrieved", base.id)
    assert (merge_helped.base_id, merge_helped.beta) == (merge.id, 0.25)
    assert base_helped.recipe["num_passages"] == 2
    assert len(base_helped.recipe["knowledge"]) == 64
    assert (helped.result or {})["rows"]["beta-0"] == str(base_helped.id)

    def find_answer(session: Session) -> Output:
        query = select(Output).where(Output.variant_id == base_helped.id).order_by(Output.id)
        return session.scalars(query.limit(1)).one()

    passages = kitchen.bench.do(find_answer).facts["passages"]
    assert passages[0]["text"] == PASSAGES[0]
    assert passages[0]["score"] > 0
    # Found once more, of the same passages: the same variants.
    again = kitchen.make(find, fresh=True)
    kitchen.make(PLAIN.model_copy(update={"passages": str(again.id)}))
    assert kitchen.count(Variant) == [5]
    one = PLAIN.model_copy(update={"passages": str(again.id), "num_passages": 1})
    kitchen.make(one)
    assert kitchen.find(Variant, "World + Kitchen (2)").recipe["num_passages"] == 1


def test_one_model_answers_as_itself(kitchen: Kitchen) -> None:
    kitchen.make(QUIZ)
    kitchen.make(AnswersGenerate(base="World", quiz="Dishes"))
    assert kitchen.count(Variant, Output) == [2, 4]


def test_a_model_that_was_taught_is_the_end_of_its_own_sweep(kitchen: Kitchen) -> None:
    """And a merge of it that is written is the one that was swept."""
    kitchen.make(QUIZ)
    kitchen.make(TEACH)
    taught = kitchen.find(Variant, "Taught")
    assert (taught.role, taught.family) == ("tuned", "llava")
    sweep = AnswersGenerate(base="World", tuned="Taught", quiz="Dishes", betas=(0.0, 0.5, 1.0))
    rows = (kitchen.make(sweep).result or {})["rows"]
    assert rows["beta-1"] == str(taught.id)
    merge = ModelMerge(base="World", tuned="Taught", betas=(0.5,))
    (written,) = (kitchen.make(merge).result or {})["variants"]
    assert written["variant_id"] == rows["beta-0.5"]


def lead_up_to(kitchen: Kitchen, kind: str) -> JobSpec:
    """Everything before a job of this kind, and what it is told."""
    if kind == QuizImport.kind:
        return QUIZ
    kitchen.make(QUIZ)
    if kind in _TOLD:
        return _TOLD[kind]
    answered = kitchen.make(PLAIN)
    score = AnswersScore(outputs=str(answered.id), quiz="Dishes")
    if kind == AnswersScore.kind:
        return score
    kitchen.make(KnowledgeIndex(knowledge="Kitchen"))
    find = KnowledgeRetrieve(knowledge="Kitchen", quiz="Dishes", method="lexical", num_passages=2)
    passages = str(kitchen.make(find).id)
    helped = kitchen.make(PLAIN.model_copy(update={"passages": passages}))
    plain, retrieved = (
        kitchen.make(AnswersScore(outputs=str(job.id), quiz="Dishes")) for job in (answered, helped)
    )
    return AnswersCompare(plain=str(plain.id), retrieved=str(retrieved.id))


@pytest.mark.parametrize(
    "kind",
    [
        each.kind
        for each in (QuizImport, ModelInstruct, AnswersGenerate, AnswersScore, AnswersCompare)
    ],
)
def test_what_fails_is_cancelled_or_lost_leaves_no_row_and_then_one(
    kitchen: Kitchen, kind: str
) -> None:
    """Failed with a sentence; asked to stop while it works; taken over from a worker whose token
    is old; and in the end there is what one run makes.
    """
    bench = kitchen.bench
    spec = lead_up_to(kitchen, kind)
    tables = (Benchmark, QuizQuestion, Variant, Output, Score)
    before = kitchen.count(*tables)
    (kitchen.data / computes.BEHAVE).write_text("fail")
    failed = kitchen.run(spec)
    assert failed.error == {
        "kind": "invalid", "message": "The sky in row 3 is green; it must be blue.",
    }  # fmt: skip
    (kitchen.data / computes.BEHAVE).write_text("wait")
    bench.do(service.retry, failed.id)
    thread = bench.run_aside(spec.queue)
    bench.wait_until(lambda: bench.look(failed.id).state == JobState.RUNNING)
    bench.do(service.request_cancel, failed.id)
    thread.join(timeout=15)
    assert bench.look(failed.id).state == JobState.CANCELLED
    assert kitchen.count(*tables) == before
    (kitchen.data / computes.BEHAVE).unlink()
    bench.do(service.resume, failed.id)
    lost = bench.do(claim.take, [spec.queue], owner="gone", lease_s=-1)
    bench.runtime.run_available("gpu")
    assert bench.look(failed.id).fencing_token == lost.token + 1
    done = bench.look(failed.id)
    assert (done.state, done.error) == (JobState.SUCCEEDED, None)
    # A comparison makes no row: what it found is kept with the job.
    assert (kitchen.count(*tables) != before) == (kind != AnswersCompare.kind)
    assert done.result
