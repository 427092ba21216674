"""A PATCH of a row that has a name: the same for every kind of row."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from domain.shelf import service as shelf
from domain.shelf.models import Named
from domain.users.person import Person

Row = TypeVar("Row", bound=Named)


class Change(BaseModel):
    """Only what is named changes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Breakfast, cleaned"}, {"archived": True}]},
    )

    name: str | None = None
    archived: bool | None = None


def apply(session: Session, row: Row, change: Change, person: Person) -> Row:
    if change.name is not None:
        shelf.rename(session, row, change.name, actor=person)
    if change.archived is not None and change.archived != (row.archived_at is not None):
        put = shelf.archive if change.archived else shelf.unarchive
        put(session, row, actor=person)
    return row
