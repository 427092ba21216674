"""Bring the database of a data folder to this version; an older one is saved first."""

from collections.abc import Callable
from pathlib import Path

from cli.archive import writing
from cli.machine.folder import DataFolder
from domain import clock, schema
from domain.db import connect
from domain.settings import Settings


def bring_up_to_date(folder: DataFolder, database_url: str, say: Callable[[str], None]) -> None:
    """Refuses a database from a newer version; leaves one of this version alone."""
    engine = connect(database_url)
    try:
        with engine.connect() as connection:
            if not schema.needs_migration(connection):
                return
            found = schema.find_version(connection)
        if found is not None:
            saved = _save(folder, database_url, found)
            say(f"This data folder is of an older version ({found}). It was saved to {saved}.")
        with engine.begin() as connection:
            schema.migrate(connection)
        if found is not None:
            say(f"It is now at version {schema.latest_version()}.")
    finally:
        engine.dispose()


def _save(folder: DataFolder, database_url: str, version: str) -> Path:
    """A backup that `ggez restore` reads. Published files never change, so they stay where they
    are and are only listed.
    """
    settings = Settings(data=folder.path, database_url=database_url)
    target = folder.backups / f"before-upgrade-from-{version}-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    writing.write(target, settings, with_artifacts=False)
    return target
