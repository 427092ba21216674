"""From what a job reads to paths on this machine, for its process."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.jobs.models import Job
from domain.knowledge import exporting
from domain.knowledge.models import KnowledgeBase
from domain.launches import inputs, naming
from domain.launches.describing import Found
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.settings import Settings
from specs.inputs import gather, list_places
from specs.job import JobSpec
from workers import kinds

_FOLDER = "inputs"


def prepare(session: Session, job: Job, spec: JobSpec, settings: Settings) -> dict[str, Any]:
    """A path per input, of many a list, None for one that is not given. What lies elsewhere is
    brought here, below what the job keeps: it is there for all its attempts, and goes when the job
    has succeeded.
    """
    naming.check_free(session, spec)
    found = inputs.recall(session, job, spec)
    folder = kinds.find_state(settings, job.id) / _FOLDER
    paths = {name: _fetch(session, each, folder / name) for name, each in found.items()}
    return gather(spec.inputs, list_places(spec.inputs, spec, paths), paths)


def _fetch(session: Session, found: Found, into: Path) -> Path:
    if isinstance(found.row, PromptSet):
        return prompts.write_file(session, found.row, into / "prompts.jsonl")
    if isinstance(found.row, KnowledgeBase):
        return exporting.write_folder(session, found.row, found.digest, into)
    return storage.fetch(found.uri, into)
