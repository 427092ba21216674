"""PostgreSQL 15 is the oldest that is claimed. The embedded one, which every other test uses, is
18; here the facts and the workers are tested once more on 15.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.embedded import postgres, process

_BINARIES = Path("/usr/lib/postgresql/15/bin")
_ROOT = Path(__file__).parents[2]
_WHAT = ("tests/domain", "tests/workers", "tests/contracts/test_migrations.py")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def url() -> Iterator[str]:
    assert _BINARIES.is_dir(), "PostgreSQL 15 is missing: sudo apt-get install postgresql-15"
    with tempfile.TemporaryDirectory(prefix="ggez-15-") as name:
        folder, port = Path(name) / "postgres", postgres.find_free_port()
        words = postgres.as_server_user()
        make = [str(_BINARIES / "initdb"), "-D", str(folder), "-U", "ggez", "-A", "trust"]
        subprocess.run([*words, *make, "-E", "UTF8", "--locale=C"], check=True, capture_output=True)
        run = [str(_BINARIES / "postgres"), "-D", str(folder), "-p", str(port), "-k", name]
        server = subprocess.Popen(
            [*words, *run, "-c", "fsync=off"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            address = f"postgresql://ggez@127.0.0.1:{port}/postgres"
            _wait_for(address, server)
            yield address
        finally:
            process.stop(server, postgres.STOP_SIGNAL, grace_s=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            continue
        return
    raise AssertionError(f"PostgreSQL 15 ended with code {server.returncode}.")


def test_facts_and_workers_hold_on_postgresql_15(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *_WHAT],
        cwd=_ROOT,
        env={**os.environ, "GGEZ_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
