"""What pages, the API and exports read of knowledge."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from domain.knowledge.models import KnowledgeBase, KnowledgeIndex, KnowledgeRevision, Passage
from domain.shelf import queries as shelf

FACETS = ("region", "country", "language", "licence")
_ROWS_AT_ONCE = 1000


def list_bases(
    session: Session, *, archived: bool = False, limit: int = 50, before: uuid.UUID | None = None
) -> Sequence[KnowledgeBase]:
    """Newest first. `before` continues a list after its last row."""
    return shelf.list_rows(session, KnowledgeBase, archived=archived, limit=limit, before=before)


def list_passages(
    session: Session,
    base_id: uuid.UUID,
    *,
    words: str = "",
    where: Mapping[str, str] | None = None,
    after: int = -1,
    limit: int = 50,
) -> Sequence[Passage]:
    """Those that the base has now, in its order, behind the position `after`; such as hold these
    words and have these values, if any are given.
    """
    query = _current(base_id).where(Passage.position > after)
    for name, value in (where or {}).items():
        assert name in FACETS, name
        if value:
            query = query.where(getattr(Passage, name) == value)
    if words:
        found = (Passage.title, Passage.text)
        query = query.where(or_(*(each.icontains(words, autoescape=True) for each in found)))
    return session.scalars(query.order_by(Passage.position).limit(limit)).all()


def walk_revision(
    session: Session, base_id: uuid.UUID, number: int, *, rows_at_once: int = _ROWS_AT_ONCE
) -> Iterator[Passage]:
    """Every passage of a revision in its order, a thousand in memory at a time."""
    after = -1
    while True:
        query = select(Passage).where(
            Passage.knowledge_base_id == base_id,
            Passage.position > after,
            Passage.since <= number,
            Passage.until.is_(None) | (Passage.until > number),
        )
        rows = session.scalars(query.order_by(Passage.position).limit(rows_at_once)).all()
        yield from rows
        if len(rows) < rows_at_once:
            return
        after = rows[-1].position


def count_by(session: Session, base_id: uuid.UUID) -> dict[str, dict[str, int]]:
    """How many passages have which region, country, language and licence; most frequent first, and
    no count of what no passage states.
    """
    found: dict[str, dict[str, int]] = {}
    for name in FACETS:
        column = getattr(Passage, name)
        query = (
            select(column, func.count())
            .where(Passage.knowledge_base_id == base_id, Passage.until.is_(None), column != "")
            .group_by(column)
            .order_by(func.count().desc(), column)
        )
        found[name] = dict(session.execute(query).all())
    return found


def list_earlier(session: Session, passage: Passage) -> list[Passage]:
    """What stood in its place before it, newest first."""
    found: list[Passage] = []
    before = passage.replaces_id
    while before is not None:
        earlier = session.get_one(Passage, before)
        found.append(earlier)
        before = earlier.replaces_id
    return found


def find_successor(session: Session, passage: Passage) -> Passage | None:
    return session.scalars(select(Passage).where(Passage.replaces_id == passage.id)).one_or_none()


def list_revisions(
    session: Session, base_id: uuid.UUID, *, limit: int = 20
) -> Sequence[KnowledgeRevision]:
    """Newest first."""
    query = select(KnowledgeRevision).where(KnowledgeRevision.knowledge_base_id == base_id)
    return session.scalars(query.order_by(KnowledgeRevision.number.desc()).limit(limit)).all()


def map_revisions(
    session: Session, base_id: uuid.UUID, numbers: Sequence[int]
) -> dict[int, KnowledgeRevision]:
    query = select(KnowledgeRevision).where(
        KnowledgeRevision.knowledge_base_id == base_id, KnowledgeRevision.number.in_(numbers)
    )
    return {each.number: each for each in session.scalars(query)}


def find_revision(session: Session, base_id: uuid.UUID, digest: str) -> KnowledgeRevision | None:
    """The newest that has exactly these passages."""
    query = select(KnowledgeRevision).where(
        KnowledgeRevision.knowledge_base_id == base_id, KnowledgeRevision.digest == digest
    )
    newest_first = query.order_by(KnowledgeRevision.number.desc())
    return session.scalars(newest_first.limit(1)).one_or_none()


def list_indexes(
    session: Session, base_id: uuid.UUID, *, limit: int = 20
) -> Sequence[KnowledgeIndex]:
    """Newest first."""
    query = select(KnowledgeIndex).where(KnowledgeIndex.knowledge_base_id == base_id)
    return session.scalars(query.order_by(KnowledgeIndex.id.desc()).limit(limit)).all()


def _current(base_id: uuid.UUID) -> Select[Passage]:
    return select(Passage).where(Passage.knowledge_base_id == base_id, Passage.until.is_(None))
