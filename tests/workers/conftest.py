"""A worker without Celery: the runtime, on rows that are really committed."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from domain.jobs import queries, service
from domain.jobs.models import Job
from specs import registry
from specs.job import JobSpec
from tests.chaos import register
from workers import kinds
from workers.runtime import Runtime
from workers.settings import WorkerSettings

_ASIDE = "run aside"
KINDS = "tests.chaos.register"
_TABLES = (
    "quiz_questions, "
    "job_events, job_parents, job_artifacts, job_inputs, scores, outputs, benchmarks, prompts, "
    "prompt_sets, variants, datasets, chunk_vectors, knowledge_indexes, passages, "
    "knowledge_revisions, knowledge_bases, jobs, artifacts, worker_pulses, audit_entries"
)


@pytest.fixture
def worker_settings(services: Any, tmp_path: Path) -> WorkerSettings:
    return WorkerSettings(
        data=tmp_path / "var",
        database_url=services.database_url,
        redis_url=services.redis_url,
        kind_modules=(KINDS,),
        lease_s=3,
        heartbeat_s=0.5,
        watch_s=0.1,
        grace_s=0.6,
    )


class Bench:
    """Enqueue, run and look, each in a transaction of its own."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def enqueue(self, spec: JobSpec, **options: Any) -> uuid.UUID:
        with self.runtime.unit_of_work() as session:
            return service.enqueue(session, spec, created_by=None, fresh=True, **options).job.id

    def do(self, verb: Callable[..., Any], *words: Any, **options: Any) -> Any:
        with self.runtime.unit_of_work() as session:
            return verb(session, *words, **options)

    def look(self, job_id: uuid.UUID) -> Job:
        return self.do(service.get, job_id)

    def events(self, job_id: uuid.UUID) -> list[str]:
        """Kinds of the job's events but progress; checks that their numbers have no gap."""
        with self.runtime.unit_of_work() as session:
            found = queries.list_events(session, job_id, limit=10_000)
            assert [each.number for each in found] == list(range(1, len(found) + 1))
            return [each.kind for each in found if each.kind != "progress"]

    def run(self, spec: JobSpec, **options: Any) -> Job:
        job_id = self.enqueue(spec, **options)
        self.runtime.run_available("cpu")
        return self.look(job_id)

    def run_aside(self, queue: str = "cpu") -> threading.Thread:
        run = self.runtime.run_available
        thread = threading.Thread(target=run, args=(queue,), daemon=True, name=_ASIDE)
        thread.start()
        return thread

    def wait_until(self, is_so: Callable[[], bool], *, seconds: float = 15) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "It did not come to that in time."
            time.sleep(0.05)

    def wait_for_progress(self, job_id: uuid.UUID) -> None:
        self.wait_until(lambda: bool(self.look(job_id).progress))


@pytest.fixture
def bench(
    worker_settings: WorkerSettings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    # The kinds of these tests are known while they run, and to nobody else in this process.
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    monkeypatch.setattr(kinds, "_TASKS", {})
    kinds.load(())
    register.register_all()
    runtime = Runtime(worker_settings, owner="test", queues=("cpu",))
    yield Bench(runtime)
    runtime.is_shutting_down.set()
    for thread in threading.enumerate():
        if thread.name == _ASIDE:
            thread.join(timeout=10)
    runtime.close()
    with Session(engine) as session:
        session.execute(text(f"TRUNCATE {_TABLES} CASCADE"))
        session.commit()
