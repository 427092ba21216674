"""knowledge.import: finds the source, lets a child process read it, takes in what is new."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.datasets import sources
from domain.jobs.models import Job
from domain.knowledge import curating
from domain.knowledge import errors as knowledge_errors
from domain.knowledge import service as knowledge
from domain.settings import Settings
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PASSAGES_FILE, PassageLine
from workers import kinds, publishing
from workers.kinds import Task


def prepare(
    session: Session, job: Job, spec: KnowledgeImport, settings: Settings
) -> dict[str, Any]:
    """Everything that can be refused before anything is read."""
    named = knowledge.find_by_name(session, spec.name)
    if named is not None and named.archived_at is not None:
        raise knowledge_errors.BaseIsArchived(named.name)
    found = sources.find(session, spec.source, settings)
    path = sources.fetch(found, kinds.find_state(settings, job.id) / "source")
    return {"path": str(path), "source_name": found.name}


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    output = published["output"]
    rows = publishing.read_rows(output, PASSAGES_FILE)
    lines = [PassageLine(**{name: row[name] for name in row if name != "id"}) for row in rows]
    base = knowledge.find_or_create(session, name=result["name"], region=result["region"], job=job)
    taken = curating.take_in(session, base.id, lines, artifact=output, job=job)
    return {
        **result,
        "knowledge_base_id": str(base.id),
        "rows": {"": str(base.id)},
        "digest": base.digest,
        "num_new": taken.num_new,
        "num_known": taken.num_known,
        "num_taken_out": taken.num_removed,
    }


TASK = Task(
    spec=KnowledgeImport,
    compute="ml.importing.knowledge.run:import_knowledge",
    prepare=prepare,
    record=record,
    output="knowledge",
)
