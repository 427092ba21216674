"""From a knowledge base to passages of each prompt and longer prompts, through the real runtime and
real child processes.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.jobs import claim, queries, service
from domain.jobs.models import Job, JobState
from domain.knowledge import curating
from domain.knowledge import errors as knowledge_errors
from domain.knowledge import queries as knowledge_queries
from domain.knowledge import service as knowledge
from domain.knowledge.models import ChunkVector, KnowledgeBase
from domain.knowledge.models import KnowledgeIndex as IndexRow
from domain.launches import queries as uses
from domain.launches import service as launches
from domain.prompts.models import PromptSet
from domain.shipped import service as shipped
from domain.shipped.entries import ShippedModel
from specs.job import JobSpec
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from specs.kinds.prompts.prompts_augment import PromptsAugment
from specs.kinds.questions.questions_embed import QuestionsEmbed
from tests import tiny_encoders, tiny_models
from tests.factories import list_prompts, make_knowledge_base, make_prompt_set
from tests.workers import computes
from workers import kinds
from workers.tasks.knowledge import knowledge_retrieve

from .conftest import Bench

TEXTS = (
    "Soto is a clear soup with lime.",
    "Rendang is a dry stew of beef and coconut.",
    "Pho is a soup of noodles.",
    "Amok is steamed in leaves of the banana.",
)
PROMPTS = ("a bowl of soto with lime", "beef rendang on a plate", "a banana leaf")
INDEX = KnowledgeIndex(knowledge="Dishes", encoder="Encoder")


class Kitchen:
    """Launch as the doors do, and run until nothing is left."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def launch(self, spec: JobSpec, **options: Any) -> Job:
        settings = self.bench.runtime.settings
        return self.bench.do(launches.launch, spec, settings, actor=None, **options).job

    def make(self, spec: JobSpec, **options: Any) -> Job:
        job = self.launch(spec, **options)
        self.bench.runtime.run_available("gpu")
        done = self.bench.look(job.id)
        assert done.state == JobState.SUCCEEDED, done.error
        return done

    def read(self, job: Job, name: str) -> list[dict[str, Any]]:
        def read(session: Session) -> bytes:
            artifact = queries.list_artifacts(session, job.id)["output"]
            with storage.open_read(storage.join(artifact.uri, name)) as file:
                return file.read()

        return [json.loads(line) for line in self.bench.do(read).splitlines()]

    def count(self, table: Any, column: Any) -> int:
        query = select(func.count(column)).select_from(table)
        return self.bench.do(lambda session: session.scalar(query)) or 0


def find_base(session: Session) -> KnowledgeBase:
    base = knowledge.find_by_name(session, "Dishes")
    assert base is not None
    return base


@pytest.fixture
def kitchen(bench: Bench, tmp_path: Path) -> Kitchen:
    """With a base, prompts, an encoder and a pipeline. Whatever can be computes for real."""
    for spec in (KnowledgeIndex, QuestionsEmbed, KnowledgeRetrieve, PromptsAugment):
        kinds.register(dataclasses.replace(kinds.find(spec.kind), preloaded=False))
    encoder = tiny_encoders.build_clip(tmp_path / "encoder")
    pipeline = tiny_models.build_sd15(tmp_path / "pipeline")
    models = [
        ShippedModel(name="Encoder", path=encoder, family="clip"),
        ShippedModel(name="World", path=pipeline, family="sd"),
    ]
    bench.do(shipped.register, bench.runtime.settings, models)
    bench.do(make_knowledge_base, *TEXTS, name="Dishes")
    bench.do(make_prompt_set, *PROMPTS, name="Plates")
    return Kitchen(bench)


@pytest.fixture
def letters(kitchen: Kitchen) -> Kitchen:
    """Where indexing is played."""
    compute = f"{computes.__name__}:{computes.index_knowledge.__name__}"
    task = kinds.find(KnowledgeIndex.kind)
    kinds.register(dataclasses.replace(task, compute=compute))
    return kitchen


@pytest.mark.timeout(240)
def test_the_database_and_the_files_find_the_same_passages(
    kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch, pgvector_version: str
) -> None:
    """Without pgvector, files find them both times."""
    indexed = kitchen.make(INDEX)
    embedded = kitchen.make(QuestionsEmbed(prompts="Plates", encoder="Encoder"))
    spec = KnowledgeRetrieve(
        knowledge="Dishes", prompts="Plates", queries=str(embedded.id), num_passages=2
    )
    by_database = kitchen.make(spec)
    monkeypatch.setattr(knowledge_retrieve, "MOST_WORK", 0)
    by_files = kitchen.make(spec, fresh=True)
    ways = [(job.result or {})["ranked_by_vectors"] for job in (by_database, by_files)]
    assert ways == ["file" if pgvector_version else "search", "search"]
    found = kitchen.read(by_database, "passages.jsonl")
    assert found == kitchen.read(by_files, "passages.jsonl")
    assert [len(row["passages"]) for row in found] == [2, 2, 2]
    assert {each["dense_rank"] for row in found for each in row["passages"]} <= {1, 2, 3, 4, None}
    rows = kitchen.bench.do(uses.list_rows, by_database.id)
    assert rows["knowledge"].id == kitchen.bench.do(
        lambda session: session.scalar(select(IndexRow.id).where(IndexRow.job_id == indexed.id))
    )

    augmented = kitchen.make(
        PromptsAugment(prompts="Plates", passages=str(by_database.id), base="World")
    )
    made = kitchen.bench.do(
        lambda session: session.get_one(PromptSet, (augmented.result or {})["prompt_set_id"])
    )
    assert made.name == "Plates + Dishes"
    longer = kitchen.bench.do(list_prompts, made)
    assert all(each.text.startswith(text) for each, text in zip(longer, PROMPTS, strict=True))
    assert [each.words for each in longer] == list(PROMPTS)
    assert any(each.text != each.words for each in longer)
    again = kitchen.make(
        PromptsAugment(prompts="Plates", passages=str(by_database.id), base="World"), fresh=True
    )
    assert (again.result or {})["prompt_set_id"] == str(made.id)


def test_an_index_keeps_what_it_was_made_of_and_is_found_while_it_fits(letters: Kitchen) -> None:
    bench = letters.bench
    retrieve = KnowledgeRetrieve(knowledge="Dishes", prompts="Plates", method="lexical")
    with pytest.raises(knowledge_errors.NotIndexed, match="'Dishes' has no index"):
        letters.launch(retrieve)
    job = letters.make(INDEX)
    result = job.result or {}
    base = bench.do(find_base)
    (index,) = bench.do(knowledge_queries.list_indexes, base.id)
    assert (index.base_digest, index.num_chunks, index.dim) == (base.digest, 4, 5)
    assert index.encoder == {"name": "letters", "family": "letters", "digest": "f" * 64}
    assert result["rows"] == {"": str(index.id)}
    assert letters.count(ChunkVector, ChunkVector.chunk_id) == 4
    launched = letters.launch(retrieve)
    assert bench.do(uses.list_rows, launched.id)["knowledge"].id == index.id
    bench.do(service.request_cancel, launched.id)

    bench.do(curating.add, base.id, {"text": "Laksa is a soup."}, actor=None)
    with pytest.raises(knowledge_errors.NotIndexed):
        letters.launch(retrieve)
    letters.make(INDEX.model_copy(update={"encoder": ""}))
    assert bench.do(uses.list_rows, letters.launch(retrieve).id)["knowledge"].encoder is None


def test_a_job_reads_the_passages_that_it_was_launched_over(letters: Kitchen) -> None:
    bench = letters.bench
    job = letters.launch(INDEX)
    base = bench.do(find_base)
    bench.do(curating.add, base.id, {"text": "Laksa is a soup."}, actor=None)
    bench.runtime.run_available("gpu")
    result = bench.look(job.id).result or {}
    assert (result["num_chunks"], result["digest"]) == (4, base.digest)
    assert bench.do(find_base).digest != base.digest


def test_an_empty_base_is_not_indexed(letters: Kitchen) -> None:
    letters.bench.do(make_knowledge_base, name="Empty")
    with pytest.raises(knowledge_errors.KnowledgeEmpty, match="'Empty' has no passages"):
        letters.launch(INDEX.model_copy(update={"knowledge": "Empty"}))


def test_an_index_that_fails_is_cancelled_or_lost_leaves_nothing_and_then_one(
    letters: Kitchen,
) -> None:
    bench = letters.bench
    order = bench.runtime.settings.data / computes.BEHAVE
    order.write_text("fail")
    failed = letters.launch(INDEX)
    bench.runtime.run_available("gpu")
    assert bench.look(failed.id).state == JobState.FAILED
    order.write_text("wait")
    bench.do(service.retry, failed.id)
    thread = bench.run_aside("gpu")
    bench.wait_until(lambda: bench.look(failed.id).state == JobState.RUNNING)
    bench.do(service.request_cancel, failed.id)
    thread.join(timeout=15)
    assert bench.look(failed.id).state == JobState.CANCELLED
    assert letters.count(IndexRow, IndexRow.id) == 0
    order.unlink()
    bench.do(service.resume, failed.id)
    lost = bench.do(claim.take, ["gpu"], owner="gone", lease_s=-1)
    bench.runtime.run_available("gpu")
    done = bench.look(failed.id)
    assert (done.state, done.fencing_token) == (JobState.SUCCEEDED, lost.token + 1)
    assert letters.count(IndexRow, IndexRow.id) == 1
    assert letters.count(ChunkVector, ChunkVector.chunk_id) == 4
