"""What pages, the API and the terminal show of models."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session

from domain.shelf import queries as shelf
from domain.variants.models import Variant


def list_variants(
    session: Session,
    *,
    family: str = "",
    role: str = "",
    base_id: uuid.UUID | None = None,
    archived: bool = False,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Variant]:
    """Newest first. `before` continues a list after its last row."""
    where = [
        *([Variant.family == family] if family else []),
        *([Variant.role == role] if role else []),
        *([Variant.base_id == base_id] if base_id else []),
    ]
    return shelf.list_rows(session, Variant, *where, archived=archived, limit=limit, before=before)


def count_variants(session: Session, *, archived: bool = False) -> int:
    return shelf.count_rows(session, Variant, archived=archived)


def count_by_family(session: Session) -> dict[str, int]:
    """Those that are not archived, most frequent first."""
    query = (
        select(Variant.family, func.count())
        .where(Variant.archived_at.is_(None))
        .group_by(Variant.family)
        .order_by(func.count().desc(), Variant.family)
    )
    return dict(session.execute(query).all())


def list_by_id(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Variant]:
    rows = session.scalars(select(Variant).where(Variant.id.in_(ids))).all() if ids else []
    return {row.id: row for row in rows}


def map_by_digest(session: Session, digests: Iterable[str]) -> dict[str, Variant]:
    """Of models with these weights the newest, archived ones too."""
    query = select(Variant).where(Variant.digest.in_(set(digests))).order_by(Variant.id)
    return {row.digest: row for row in session.scalars(query) if row.digest}


def list_ancestors(session: Session, variant: Variant) -> Sequence[Variant]:
    """What it was tuned or merged from, and what those were, oldest first; archived ones, too."""
    line = (
        select(Variant.base_id, Variant.tuned_id)
        .where(Variant.id == variant.id)
        .cte("line", recursive=True)
    )
    line = line.union(
        select(Variant.base_id, Variant.tuned_id).where(
            or_(Variant.id == line.c.base_id, Variant.id == line.c.tuned_id)
        )
    )
    ids = union(select(line.c.base_id), select(line.c.tuned_id)).subquery()
    query = select(Variant).where(Variant.id.in_(select(ids)))
    return session.scalars(query.order_by(Variant.id)).all()


def list_descendants(session: Session, variant: Variant) -> Sequence[Variant]:
    """What was tuned or merged from it, and from those, oldest first; archived ones, too."""
    line = (
        select(Variant.id)
        .where(or_(Variant.base_id == variant.id, Variant.tuned_id == variant.id))
        .cte("line", recursive=True)
    )
    line = line.union(
        select(Variant.id).where(or_(Variant.base_id == line.c.id, Variant.tuned_id == line.c.id))
    )
    query = select(Variant).where(Variant.id.in_(select(line.c.id)))
    return session.scalars(query.order_by(Variant.id)).all()
