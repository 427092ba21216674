"""The declarative root of all tables, the engine, and column types that every table shares.

Nothing here commits. Commits happen at three edges only: app/dependencies.py, workers/runtime.py
and cli/database.py.
"""

import datetime as dt
import uuid
from typing import Annotated, Any

import uuid_utils.compat
from sqlalchemy import DateTime, Engine, MetaData, create_engine
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker


def new_id() -> uuid.UUID:
    """UUIDv7: sorts by time of creation, and both PostgreSQL 15 and 18 can hold it."""
    return uuid_utils.compat.uuid7()


Id = Annotated[uuid.UUID, mapped_column(primary_key=True, default=new_id)]
Moment = Annotated[dt.datetime, mapped_column(DateTime(timezone=True))]
Json = dict[str, Any]


class Table(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        dt.datetime: DateTime(timezone=True),
        # None is SQL's NULL, not JSON's null: `IS NULL` finds it.
        Json: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


def normalise_url(url: str) -> str:
    """Accept the usual spellings of a PostgreSQL address; the driver is always psycopg 3."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def connect(url: str, *, pool_size: int = 5) -> Engine:
    return create_engine(
        normalise_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
    )


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)
