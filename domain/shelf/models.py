import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id
from domain.errors import Word


@dataclass(frozen=True)
class Noun:
    """What a kind of row is called: in the audit log, and in sentences."""

    key: str
    one: Word
    one_archived: Word


class Named:
    """The columns of every row that has a name of its own. Names are unique per table: recipes and
    forms refer to rows by them.
    """

    noun: ClassVar[Noun]

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT")
    )
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    archived_at: Mapped[dt.datetime | None]
