"""What pages, the API and the terminal list of data sets."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.datasets.models import Dataset
from domain.users.models import User


def list_datasets(
    session: Session,
    *,
    archived: bool = False,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> Sequence[Dataset]:
    """Newest first. `before` continues a list after its last row."""
    is_archived = Dataset.archived_at.is_not(None) if archived else Dataset.archived_at.is_(None)
    query = select(Dataset).where(is_archived).order_by(Dataset.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Dataset.id < before)
    return session.scalars(query).all()


def count_datasets(session: Session, *, archived: bool = False) -> int:
    is_archived = Dataset.archived_at.is_not(None) if archived else Dataset.archived_at.is_(None)
    return session.scalar(select(func.count()).select_from(Dataset).where(is_archived)) or 0


def find_importer(session: Session, dataset: Dataset) -> User | None:
    return session.get(User, dataset.created_by_id) if dataset.created_by_id else None
