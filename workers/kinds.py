"""What a worker does for each job kind: load before, compute in a child process, record after.

The task module of kind `noun.verb` is workers/tasks/noun/noun_verb.py and holds a `TASK`. Modules
named by GGEZ_KIND_MODULES may `register` further ones.
"""

import importlib
import pkgutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.settings import Settings
from specs import registry
from specs.job import JobSpec


class Prepare(Protocol):
    def __call__(self, session: Session, job: Job, spec: Any, settings: Settings) -> dict[str, Any]:
        """The keyword arguments of `compute` besides the usual ones and the paths of what the
        specification says it reads (workers/inputs.py); they must be picklable.
        """


class Record(Protocol):
    def __call__(
        self,
        session: Session,
        job: Job,
        result: dict[str, Any],
        published: Mapping[str, Artifact],
    ) -> dict[str, Any]:
        """Write what the computation found, in the transaction that closes the job. Returns the
        job's result as JSON.
        """


def prepare_nothing(
    session: Session,  # noqa: ARG001 - the contract of Prepare
    job: Job,  # noqa: ARG001 - the same
    spec: JobSpec,  # noqa: ARG001 - the same
    settings: Settings,  # noqa: ARG001 - the same
) -> dict[str, Any]:
    return {}


def record_result(
    session: Session,  # noqa: ARG001 - the contract of Record
    job: Job,  # noqa: ARG001 - the same
    result: dict[str, Any],
    published: Mapping[str, Artifact],  # noqa: ARG001 - the same
) -> dict[str, Any]:
    return result


@dataclass(frozen=True, kw_only=True)
class Task:
    spec: type[JobSpec]
    compute: str  # 'module:function'; only the child process imports it
    prepare: Prepare = field(default=prepare_nothing)
    record: Record = field(default=record_result)
    # Forked from a process that has torch and its family loaded; others from a small one.
    preloaded: bool = False
    # What its published folder is, as the kind of the artifact.
    output: str = "report"


_TASKS: dict[str, Task] = {}


class NoTask(ValueError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"This worker does not know how to do '{kind}'; its version may be older.")


def register(task: Task) -> Task:
    _TASKS[task.spec.kind] = task
    return task


def load(kind_modules: Iterable[str]) -> None:
    """Import every task module of the product, and those from outside."""
    # By name: task modules import this one.
    package = importlib.import_module("workers.tasks")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        task = getattr(importlib.import_module(found.name), "TASK", None)
        if task is not None:
            register(task)
    registry.load_modules(kind_modules)


def find(kind: str) -> Task:
    try:
        return _TASKS[kind]
    except KeyError:
        raise NoTask(kind) from None


def list_tasks() -> list[Task]:
    return [_TASKS[kind] for kind in sorted(_TASKS)]


def read_spec(job: Job) -> JobSpec:
    return registry.find_spec(job.kind).model_validate(job.spec)


def find_state(settings: Settings, job_id: uuid.UUID) -> Path:
    """What the attempts of a job keep on this machine; it goes when the job has succeeded, or when
    nobody resumes it for long.
    """
    return settings.data.resolve() / "state" / str(job_id)


def name_attempt(job_id: uuid.UUID, token: int) -> str:
    return f"{job_id}-{token}"
