"""The migrations build exactly the tables that the models describe."""

import re

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from domain import schema, tables

from .conftest import Source


def test_models_and_migrations_describe_the_same_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, tables.metadata)
    assert not differences, f"`make migration` writes what is missing: {differences}"


def test_a_migrated_database_is_at_the_latest_version(engine: Engine) -> None:
    with engine.connect() as connection:
        assert schema.find_version(connection) == schema.latest_version()
        assert not schema.needs_migration(connection)


def test_migrations_are_numbered_one_after_another(source: Source) -> None:
    numbers = sorted(path.name[:4] for path in (source.root / "migrations/versions").glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_migration_does_not_wait_long_for_a_lock(source: Source) -> None:
    entry = (source.root / "migrations/env.py").read_text(encoding="utf-8")
    assert re.search(r"SET lock_timeout", entry)
