"""Rows for tests: functions with keyword overrides, flushed and ready to use."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.benchmarks.models import Benchmark, Score
from domain.datasets.models import Dataset
from domain.db import new_id
from domain.jobs import events
from domain.jobs.models import Job, JobArtifact, JobParent, JobState
from domain.knowledge import curating
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex, Passage
from domain.outputs.models import Output
from domain.prompts import queries as prompt_queries
from domain.prompts import service as prompts
from domain.prompts.models import Prompt, PromptSet
from domain.users import passwords
from domain.users.models import Role, User
from domain.variants import rules as variant_rules
from domain.variants.models import Variant, VariantRole
from specs.job import JobSpec
from specs.kinds.benchmark.benchmark_run import BenchmarkRun
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.kinds.model.model_finetune import ModelFinetune
from specs.kinds.system.system_check import SystemCheck


def make_job(
    session: Session,
    *,
    state: str = JobState.QUEUED,
    spec: JobSpec | None = None,
    parents: dict[str, uuid.UUID] | None = None,
    **changes: Any,
) -> Job:
    """A job in this state, with the row that its state demands and its first event."""
    spec = spec or SystemCheck()
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": spec.kind,
        "queue": spec.queue,
        "priority": 100,
        "queue_position": clock.now().timestamp(),
        "spec": spec.to_json(),
        "spec_hash": spec.digest(),
        "inputs": {},
        "state": state,
        "attempt": 0,
        "max_attempts": 3,
        "fencing_token": 0,
        "num_events": 0,
        "progress": {},
    }
    if state == JobState.RUNNING:
        values |= {
            "attempt": 1,
            "fencing_token": 1,
            "lease_owner": "somebody",
            "lease_expires_at": clock.now() + dt.timedelta(seconds=30),
        }
    if state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.LOST):
        values |= {"attempt": 1, "fencing_token": 1, "finished_at": clock.now()}
    if state == JobState.SUCCEEDED:
        values["result"] = {}
    job = Job(**values | changes)
    session.add(job)
    session.flush()
    for name, parent_id in (parents or {}).items():
        session.add(JobParent(job_id=job.id, parent_id=parent_id, name=name))
    events.add(session, job, "queued")
    session.flush()
    return job


def make_user(
    session: Session, *, role: str = Role.RESEARCHER, password: str | None = None, **changes: Any
) -> User:
    """A person. Without a password none is hashed, which is slow on purpose."""
    values: dict[str, Any] = {
        "id": new_id(),
        "email": f"{role}-{uuid.uuid4().hex[:12]}@example.org",
        "role": str(role),
        "password_hash": passwords.make_hash(password) if password else None,
    }
    user = User(**values | changes)
    session.add(user)
    session.flush()
    return user


def make_artifact(session: Session, **changes: Any) -> Artifact:
    """A published folder's row. There is nothing at its address unless `uri` says otherwise."""
    values: dict[str, Any] = {
        "kind": "dataset",
        "uri": f"file:///nowhere/{new_id()}",
        "sha256": "a" * 64,
        "size_bytes": 1000,
    }
    artifact = Artifact(**values | changes)
    session.add(artifact)
    session.flush()
    return artifact


def publish(session: Session, job: Job, artifact: Artifact) -> Artifact:
    """The artifact as what the job published."""
    made = JobArtifact(job_id=job.id, artifact_id=artifact.id, name="output", fencing_token=1)
    session.add(made)
    session.flush()
    return artifact


def make_dataset(session: Session, **changes: Any) -> Dataset:
    """A data set's row, with the job and the artifact that it comes from. Without files: those
    come from `import_folder` in tests/imports.py.
    """
    name = changes.get("name", f"Dataset {new_id().hex[-6:]}")
    spec = DatasetImport(name=name, source="pictures", licence="CC-BY-4.0")
    artifact = make_artifact(session)
    values: dict[str, Any] = {
        "name": name,
        "source_kind": "folder",
        "source": spec.source,
        "licence": spec.licence,
        "digest": "d" * 64,
        "num_items": 3,
        "num_problems": 1,
        "size_bytes": 1000,
        "summary": {"counts": {}, "notes": [], "sample": [], "num_shards": 0, "num_left_out": 1},
        "artifact_id": artifact.id,
    }
    if "job_id" not in changes:
        values["job_id"] = make_job(session, state=JobState.SUCCEEDED, spec=spec).id
    dataset = Dataset(**values | changes)
    session.add(dataset)
    session.flush()
    return dataset


def make_variant(
    session: Session, *, base: Variant | None = None, tuned: Variant | None = None, **changes: Any
) -> Variant:
    """A base model; with `base` a tuned one, with both a merge at beta 0.25. Without files."""
    role = VariantRole.MERGE if tuned else VariantRole.TUNED if base else VariantRole.BASE
    name = changes.get("name", f"{role.capitalize()} {new_id().hex[-6:]}")
    values: dict[str, Any] = {
        "name": name,
        "family": base.family if base else "sdxl",
        "role": role,
        "base_id": base.id if base else None,
        "digest": "e" * 64,
        "size_bytes": 5000,
        "folder": "model",
        "recipe": {"component": "unet"} if base else {},
    }
    if tuned is not None:
        settings = {"component": "unet"}
        values |= {
            "tuned_id": tuned.id,
            "beta": 0.25,
            "method": variant_rules.LINEAR,
            "method_digest": variant_rules.digest_method(variant_rules.LINEAR, settings),
            "recipe": settings,
        }
    if changes.get("artifact_id", ...) is None:
        values |= {"digest": None, "size_bytes": None}
    else:
        values["artifact_id"] = make_artifact(session, kind="model").id
    if "job_id" not in changes:
        spec = ModelFinetune(name=name)
        values["job_id"] = make_job(session, state=JobState.SUCCEEDED, spec=spec).id
    variant = Variant(**values | changes)
    session.add(variant)
    session.flush()
    return variant


def make_prompt_set(
    session: Session, *texts: str, name: str = "", scope: Any = "global"
) -> PromptSet:
    name = name or f"Prompts {new_id().hex[-6:]}"
    text = "\n".join(texts or ("a market at dawn", "a red cube"))
    return prompts.create(session, name=name, text=text, scope=scope, actor=None)


def list_prompts(session: Session, prompt_set: PromptSet) -> list[Prompt]:
    return list(prompt_queries.list_prompts(session, prompt_set.id, limit=1000))


def make_benchmark(session: Session, **changes: Any) -> Benchmark:
    """A benchmark's row, whose file of questions is not there."""
    name = changes.get("name", f"Benchmark {new_id().hex[-6:]}")
    values: dict[str, Any] = {
        "name": name,
        "default_mode": "dsg",
        "scope": "global",
        "n_items": 2,
        "n_questions": 5,
        "malformed": 0,
    }
    if "prompt_set_id" not in changes:
        values["prompt_set_id"] = make_prompt_set(session).id
    if "artifact_id" not in changes:
        values["artifact_id"] = make_artifact(session, kind="questions").id
    benchmark = Benchmark(**values | changes)
    session.add(benchmark)
    session.flush()
    return benchmark


def make_output(session: Session, variant: Variant, prompt: Prompt, **changes: Any) -> Output:
    """A picture's row. The picture is not there unless `artifact_id` and `file` say otherwise."""
    values: dict[str, Any] = {
        "variant_id": variant.id,
        "prompt_id": prompt.id,
        "seed": 0,
        "parameters_digest": "b" * 64,
        "file": f"images/model/{prompt.key}.png",
        "sha256": "c" * 64,
        "width": 64,
        "height": 64,
        "facts": {"steps": 20, "guidance": 5.0, "scheduler": "DDIMScheduler"},
    }
    if "job_id" not in changes:
        job = make_job(session, state=JobState.SUCCEEDED, spec=ImagesGenerate())
        values["job_id"] = job.id
    if "artifact_id" not in changes:
        values["artifact_id"] = make_artifact(session, kind="outputs").id
    output = Output(**values | changes)
    session.add(output)
    session.flush()
    return output


def make_score(session: Session, variant: Variant, benchmark: Benchmark, **changes: Any) -> Score:
    values: dict[str, Any] = {
        "variant_id": variant.id,
        "benchmark_id": benchmark.id,
        "mode": "dsg",
        "judge": "blip-vqa",
        "scope": "global",
        "metric": "dsg",
        "value": 74.75,
        "lo": 0.0,
        "hi": 100.0,
        "n_items": 2,
        "n_questions": 5,
        "gaps": 0,
        "malformed": 0,
        "by_category": {"entity": 80.0},
    }
    if "job_id" not in changes:
        job = make_job(session, state=JobState.SUCCEEDED, spec=BenchmarkRun())
        values["job_id"] = job.id
    score = Score(**values | changes)
    session.add(score)
    session.flush()
    return score


def make_knowledge_base(
    session: Session, *texts: str, name: str = "", region: str = ""
) -> KnowledgeBase:
    """With a passage per text, each a revision."""
    name = name or f"Knowledge {new_id().hex[-6:]}"
    base = knowledge.create(session, name=name, region=region, actor=None)
    for text in texts:
        make_passage(session, base, text=text)
    return base


def make_passage(session: Session, base: KnowledgeBase, **values: str) -> Passage:
    return curating.add(session, base.id, {"text": "Rice with coconut.", **values}, actor=None)


def make_knowledge_index(session: Session, base: KnowledgeBase, **changes: Any) -> KnowledgeIndex:
    """An index of what the base has now, without files and vectors."""
    values: dict[str, Any] = {
        "knowledge_base_id": base.id,
        "base_digest": base.digest,
        "encoder": {"name": "tiny", "family": "clip", "digest": "f" * 64},
        "num_chunks": 3,
        "dim": 8,
    }
    if "artifact_id" not in changes:
        values["artifact_id"] = make_artifact(session, kind="knowledge").id
    if "job_id" not in changes:
        spec = KnowledgeImport(name=base.name, source="a.md")
        values["job_id"] = make_job(session, state=JobState.SUCCEEDED, spec=spec).id
    index = KnowledgeIndex(**values | changes)
    session.add(index)
    session.flush()
    return index
