"""The declarative root of all tables, the engine, and column types that every table shares.

Nothing here commits. Commits happen at three edges only: app/dependencies.py, workers/runtime.py
and cli/database.py.
"""

import datetime as dt
import math
import time
import uuid
from typing import Annotated, Any

import uuid_utils.compat
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_RESTS_SINCE = "ggez_rests_since"
_MOST_REST_S = 0.5


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
    engine = create_engine(
        normalise_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"connect_timeout": 10, "options": "-c timezone=UTC"},
    )
    _ping_what_rested(engine)
    return engine


def _ping_what_rested(engine: Engine) -> None:
    """A connection that rested may have died meanwhile, with its server or by a time-out, and is
    asked before it is used. One that was in use a moment ago is not: under load that question would
    be asked for every request.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(
        connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        if time.monotonic() - record.info.get(_RESTS_SINCE, -math.inf) < _MOST_REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool tries another one


def make_session_factory(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)
