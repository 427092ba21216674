"""Whether this process can do its work now: everything it leans on, looked at once."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

# Below this much room an import or a checkpoint fails half-way: better not to begin.
MIN_FREE_BYTES = 512 * 1024**2


@dataclass(frozen=True)
class Finding:
    name: str
    problem: str | None  # None: all is well


def look(*, engine: Engine, redis: Redis, data: Path) -> list[Finding]:
    looks: dict[str, Callable[[], str | None]] = {
        "database": lambda: _look_at_database(engine),
        "migrations": lambda: _look_at_migrations(engine),
        "redis": lambda: _look_at_redis(redis),
        "disk": lambda: _look_at_disk(data),
    }
    return [Finding(name, look_at()) for name, look_at in looks.items()]


# Addresses and driver messages stay in the log: anyone may ask, and they name hosts.


def _look_at_database(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "The database does not answer."
    return None


def _look_at_migrations(engine: Engine) -> str | None:
    # Alembic costs a tenth of a second, which the web does not pay while it starts.
    from domain import schema  # noqa: PLC0415 - see above

    try:
        with engine.connect() as connection:
            behind = schema.needs_migration(connection)
    except schema.SchemaTooNew:
        return "The database was written by a newer version."
    except SQLAlchemyError:
        return "The database does not answer."
    return "The database waits for a migration." if behind else None


def _look_at_redis(redis: Redis) -> str | None:
    try:
        redis.ping()
    except RedisError:
        return "Redis does not answer."
    return None


def _look_at_disk(data: Path) -> str | None:
    try:
        free_bytes = shutil.disk_usage(data).free
    except OSError:
        return "The data folder is not there."
    if free_bytes < MIN_FREE_BYTES:
        return f"The data folder has {free_bytes // 1024**2} MiB left."
    return None
