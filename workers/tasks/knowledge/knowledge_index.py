"""knowledge.index: records the index, and puts the vectors of its chunks into the database."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.knowledge import contents, indexes, vectors
from domain.knowledge import service as knowledge
from domain.knowledge.models import KnowledgeBase
from domain.knowledge.models import KnowledgeIndex as IndexRow
from domain.launches import inputs as job_inputs
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from workers.kinds import Task


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    """All of it in the transaction that closes the job: an index that is there is whole."""
    base = _find_base(session, job)
    output = published["output"]
    index = indexes.record(session, job, base, result, output)
    if index.encoder is not None:
        with storage.local_copy(output.uri) as folder:
            vectors.insert(
                session, index, contents.read_chunks(folder), contents.read_vectors(folder)
            )
    return {
        **result,
        "knowledge_base_id": str(base.id),
        "knowledge_index_id": str(index.id),
        "rows": {"": str(index.id)},
    }


def _find_base(session: Session, job: Job) -> KnowledgeBase:
    row = job_inputs.list_rows(session, job.id)["knowledge"]
    if isinstance(row, IndexRow):  # an index is cut anew: its passages are in it as well
        return knowledge.get(session, row.knowledge_base_id)
    assert isinstance(row, KnowledgeBase), "What this kind reads as 'knowledge' is one of the two."
    return row


TASK = Task(
    spec=KnowledgeIndex,
    compute="ml.retrieval.run:index",
    record=record,
    preloaded=True,
    output="knowledge",
)
