"""Knowledge bases: make, rename, archive. Their passages are in curating.py."""

import uuid

from sqlalchemy.orm import Session

from domain.db import new_id
from domain.jobs.models import Job
from domain.knowledge import errors, reading
from domain.knowledge.models import KnowledgeBase, KnowledgeRevision
from domain.shelf import service as shelf
from domain.shelf.errors import NameTaken
from domain.users import audit
from domain.users.person import Person
from specs import knowledge as written


def get(session: Session, base_id: uuid.UUID) -> KnowledgeBase:
    base = session.get(KnowledgeBase, base_id)
    if base is None:
        raise errors.KnowledgeBaseNotFound(base_id)
    return base


def find_by_name(session: Session, name: str) -> KnowledgeBase | None:
    return shelf.find_by_name(session, KnowledgeBase, name)


def create(
    session: Session, *, name: str, region: str = "", actor: Person | None, job: Job | None = None
) -> KnowledgeBase:
    """Without passages yet; that is its first revision."""
    maker = actor.id if actor else job.created_by_id if job else None
    base = KnowledgeBase(
        id=new_id(),
        name=shelf.tidy_name(name),
        region=reading.read_region(region),
        revision=1,
        digest=written.digest([]),
        num_passages=0,
        created_by_id=maker,
    )
    shelf.add(session, base)
    session.add(
        KnowledgeRevision(
            knowledge_base_id=base.id,
            number=1,
            what="create",
            digest=base.digest,
            num_passages=0,
            made_by_id=maker,
            job_id=job.id if job else None,
        )
    )
    session.flush()
    audit.record(
        session, actor, "knowledge_base.create", subject=("knowledge_base", base.id), name=base.name
    )
    return base


def find_or_create(session: Session, *, name: str, region: str, job: Job) -> KnowledgeBase:
    """For an import. Who makes the same one in this very instant is waited for."""
    found = find_by_name(session, name)
    if found is not None:
        return found
    try:
        return create(session, name=name, region=region, actor=None, job=job)
    except NameTaken:
        found = find_by_name(session, name)
        assert found is not None, "Somebody has just made it."
        return found


def rename(session: Session, base_id: uuid.UUID, name: str, *, actor: Person) -> KnowledgeBase:
    return shelf.rename(session, get(session, base_id), name, actor=actor)


def archive(session: Session, base_id: uuid.UUID, *, actor: Person) -> KnowledgeBase:
    return shelf.archive(session, get(session, base_id), actor=actor)


def unarchive(session: Session, base_id: uuid.UUID, *, actor: Person) -> KnowledgeBase:
    return shelf.unarchive(session, get(session, base_id), actor=actor)
