"""Alembic's entry. The connection is handed in by `domain.schema`; on the command line the
address comes from GGEZ_DATABASE_URL.
"""

from alembic import context
from sqlalchemy import Connection, text

from domain import tables
from domain.db import connect
from domain.settings import Settings


def run(connection: Connection) -> None:
    # A migration that waits for a lock makes every request behind it wait: give up instead.
    connection.execute(text("SET lock_timeout = '10s'"))
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with connect(Settings().database_url).connect() as own:
        run(own)
        own.commit()
