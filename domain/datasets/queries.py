"""What pages, the API and the terminal list of data sets."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.datasets.models import Dataset
from domain.shelf import queries as shelf
from domain.users.models import User


def list_datasets(
    session: Session,
    *,
    archived: bool = False,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Dataset]:
    """Newest first. `before` continues a list after its last row."""
    return shelf.list_rows(session, Dataset, archived=archived, limit=limit, before=before)


def count_datasets(session: Session, *, archived: bool = False) -> int:
    return shelf.count_rows(session, Dataset, archived=archived)


def find_importer(session: Session, dataset: Dataset) -> User | None:
    return shelf.find_maker(session, dataset)


def find_parent(session: Session, dataset: Dataset) -> Dataset | None:
    """The data set it was filtered from."""
    return session.get(Dataset, dataset.parent_id) if dataset.parent_id else None


def list_by_id(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Dataset]:
    rows = session.scalars(select(Dataset).where(Dataset.id.in_(ids))).all() if ids else []
    return {row.id: row for row in rows}


def list_filtered(session: Session, dataset: Dataset) -> Sequence[Dataset]:
    """Those that were filtered from it, newest first; archived ones, too."""
    query = select(Dataset).where(Dataset.parent_id == dataset.id)
    return session.scalars(query.order_by(Dataset.id.desc())).all()
