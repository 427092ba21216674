"""Servers for a moment: for tests, measurements and writing migrations. They keep nothing."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.embedded import postgres, process, redis

_GRACE_S = 20.0


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of an empty database on a server of its own."""
    with _private_folder() as folder:
        server = postgres.Postgres(
            folder=folder / "postgres",
            password=secrets.token_urlsafe(16),
            port=postgres.find_free_port(),
            durable=False,
        )
        server.prepare()
        running = server.start(output=subprocess.DEVNULL)
        try:
            server.wait_until_ready(running)
            yield server.url
        finally:
            process.stop(running, postgres.STOP_SIGNAL, grace_s=_GRACE_S)


@contextmanager
def running_redis() -> Iterator[str]:
    with _private_folder() as folder:
        server = redis.Redis(
            folder=folder / "redis", socket=redis.choose_socket(folder), durable=False
        )
        running = server.start(output=subprocess.DEVNULL)
        try:
            server.wait_until_ready(running)
            yield server.url
        finally:
            process.stop(running, redis.STOP_SIGNAL, grace_s=_GRACE_S)


@contextmanager
def _private_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ggez-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
