"""Commands run in this process, on a database of the test's own: what they do is committed."""

import json
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from cli import database
from cli.main import ggez
from domain.settings import Settings
from tests.conftest import _TEMPLATE, Services
from tests.sandbox_study import study_folder

__all__ = ["study_folder"]


@dataclass(frozen=True)
class Terminal:
    settings: Settings

    def run(self, *words: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(ggez, [str(word) for word in words], stdin, prog_name="ggez")

    def read(self, *words: object, stdin: str | None = None) -> Any:
        """What the command prints with --json, after it has succeeded without a word on stderr."""
        done = self.run(*words, "--json", stdin=stdin)
        assert (done.exit_code, done.stderr) == (0, "")
        return json.loads(done.stdout)

    def refuse(self, *words: object, stdin: str | None = None) -> tuple[int, str]:
        """The exit code and the sentence of a command that prints nothing else."""
        done = self.run(*words, stdin=stdin)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        return done.exit_code, done.stderr.strip()

    def database(self) -> AbstractContextManager[Session]:
        return database.unit_of_work(self.settings)


@pytest.fixture
def terminal(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    server = services.database_url
    name = f"ggez_test_{secrets.token_hex(4)}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(_TEMPLATE)))
    own = make_url(server).set(database=name).render_as_string(hide_password=False)
    monkeypatch.setenv("GGEZ_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("GGEZ_DATABASE_URL", own)
    monkeypatch.setenv("GGEZ_REDIS_URL", services.redis_url)
    monkeypatch.delenv("GGEZ_BASE_URL", raising=False)
    yield Terminal(Settings())
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
