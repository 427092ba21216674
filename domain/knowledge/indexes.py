"""What a base was made searchable by. The vectors' search is in vectors.py."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex


def record(
    session: Session, job: Job, base: KnowledgeBase, facts: dict[str, Any], artifact: Artifact
) -> KnowledgeIndex:
    """`facts` says: digest (of the base), encoder or None, num_chunks, dim."""
    index = KnowledgeIndex(
        knowledge_base_id=base.id,
        base_digest=facts["digest"],
        encoder=facts["encoder"],
        num_chunks=facts["num_chunks"],
        dim=facts["dim"],
        artifact_id=artifact.id,
        job_id=job.id,
    )
    session.add(index)
    session.flush()
    return index


def find_fitting(session: Session, base: KnowledgeBase) -> KnowledgeIndex | None:
    """The newest that was made of the passages that the base has now."""
    query = select(KnowledgeIndex).where(
        KnowledgeIndex.knowledge_base_id == base.id, KnowledgeIndex.base_digest == base.digest
    )
    newest_first = query.order_by(KnowledgeIndex.id.desc())
    return session.scalars(newest_first.limit(1)).one_or_none()
