"""pg_dump and pg_restore in PostgreSQL's own format.

The password goes by environment: anyone on the machine may read a command line.
"""

import os
import subprocess
from pathlib import Path

from sqlalchemy import Engine, make_url

from cli.embedded import postgres
from domain.db import connect
from domain.errors import Unavailable

_DEBIAN = Path("/usr/lib/postgresql")


class DumpFailed(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The database could not be saved; pg_dump says: {reason}")


class LoadFailed(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__(f"The database could not be restored; pg_restore says: {reason}")


def dump(database_url: str, target: Path, *, snapshot: str | None = None) -> None:
    """Write the database to a file, whole or not at all. With `snapshot`, as that saw it."""
    unfinished = target.with_name(target.name + ".new")
    unfinished.touch(mode=0o600)
    words = ["--format=custom", f"--file={unfinished}"]
    if snapshot is not None:
        words.append(f"--snapshot={snapshot}")
    made = _run("pg_dump", words, database_url)
    if made.returncode != 0:
        unfinished.unlink()
        raise DumpFailed(made.stderr.strip())
    unfinished.rename(target)


def load(database_url: str, source: Path) -> None:
    """Fill an empty database from a dump, whole or not at all."""
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    made = _run("pg_restore", [*words, str(source)], database_url)
    if made.returncode != 0:
        raise LoadFailed(made.stderr.strip())


def _run(tool: str, words: list[str], database_url: str) -> subprocess.CompletedProcess[str]:
    address = make_url(database_url).set(drivername="postgresql")
    password = str(address.password or "")
    target = address._replace(password=None).render_as_string()
    return subprocess.run(
        [str(_find_tool(tool, database_url)), *words, f"--dbname={target}"],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )


def _find_tool(tool: str, database_url: str) -> Path:
    """The tool of the server's own version where it is installed, else the newest: ours."""
    engine = connect(database_url, pool_size=1)
    try:
        own = _DEBIAN / str(_read_version(engine)) / "bin" / tool
    finally:
        engine.dispose()
    return own if own.is_file() else postgres.find_binaries() / tool


def _read_version(engine: Engine) -> int:
    with engine.connect() as connection:
        version = connection.dialect.server_version_info
    assert version is not None, "PostgreSQL names its version at every connection."
    return int(version[0])
