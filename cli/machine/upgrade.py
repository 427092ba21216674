"""Bring the database of a data folder to this version; an older one is saved first."""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from cli.embedded import postgres
from cli.machine.folder import DataFolder
from domain import schema
from domain.db import connect
from domain.errors import Unavailable


class DumpFailed(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The database could not be saved; pg_dump says: {reason}")


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
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S")
    target = folder.backups / f"before-upgrade-from-{version}-{moment}.dump"
    dump(database_url, target)
    return target


def dump(database_url: str, target: Path) -> None:
    """pg_dump in its own format. The password goes by environment: a command line is public."""
    address = make_url(database_url)
    environment = {**os.environ, "PGPASSWORD": str(address.password or "")}
    without_password = address.set(drivername="postgresql", password=None).render_as_string()
    unfinished = target.with_suffix(".new")
    unfinished.touch(mode=0o600)
    tool = shutil.which("pg_dump", path=str(postgres.find_binaries()))
    assert tool is not None, "The wheel's folder of binaries holds pg_dump."
    made = subprocess.run(
        [tool, "--format=custom", f"--file={unfinished}", f"--dbname={without_password}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        unfinished.unlink(missing_ok=True)
        raise DumpFailed(made.stderr.strip())
    unfinished.rename(target)
