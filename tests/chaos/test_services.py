"""PostgreSQL and Redis when their parent, or they themselves, are killed with -9."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis as redis_library

from cli.embedded import postgres, process, redis

PASSWORD = "made-up"
PARENT = """
import json, subprocess, sys, time
from pathlib import Path
from cli.embedded import postgres, redis

folder = Path(sys.argv[1])
database = postgres.Postgres(
    folder=folder / "postgres", password="made-up", port=postgres.find_free_port()
)
database.prepare()
queue = redis.Redis(folder=folder / "redis", socket=redis.choose_socket(folder))
log = open(folder / "log", "ab")
servers = [database.start(output=log), queue.start(output=log)]
database.wait_until_ready(servers[0])
queue.wait_until_ready(servers[1])
print(json.dumps([database.url, queue.url, *[server.pid for server in servers]]), flush=True)
time.sleep(600)
"""


@contextmanager
def parent_with_services(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    try:
        assert parent.stdout is not None
        said = parent.stdout.readline()
        assert said, (folder / "log").read_text()
        database_url, redis_url, *_ = json.loads(said)
        yield parent, database_url, redis_url
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()


def wait_until_gone(family: list[psutil.Process]) -> list[psutil.Process]:
    return psutil.wait_procs(family, timeout=20)[1]


def test_services_die_when_their_parent_is_killed_and_start_again_with_their_data(
    tmp_path: Path,
) -> None:
    with parent_with_services(tmp_path) as (parent, database_url, redis_url):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        with redis_library.Redis.from_url(redis_url) as client:
            client.set("kept", "42")
        family = psutil.Process(parent.pid).children(recursive=True)
        assert len(family) >= 2
        parent.kill()
        parent.wait()
        assert wait_until_gone(family) == []
    with parent_with_services(tmp_path) as (_, database_url, redis_url):
        with psycopg.connect(database_url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        with redis_library.Redis.from_url(redis_url) as client:
            assert client.get("kept") == b"42"


def test_a_successor_waits_for_a_server_that_is_still_going_down(tmp_path: Path) -> None:
    with parent_with_services(tmp_path) as (parent, _, _):
        parent.kill()  # and not a moment's wait
        parent.wait()
        with parent_with_services(tmp_path) as (_, database_url, redis_url):
            with psycopg.connect(database_url) as connection:
                connection.execute("SELECT 1")
            with redis_library.Redis.from_url(redis_url) as client:
                time.sleep(0.2)  # a former Redis must not take the new one's socket away
                assert client.ping()


def test_a_killed_postgres_starts_again_although_its_number_is_somebody_elses_now(
    tmp_path: Path,
) -> None:
    server = postgres.Postgres(
        folder=tmp_path / "postgres", password=PASSWORD, port=postgres.find_free_port()
    )
    server.prepare()
    first = server.start(output=subprocess.DEVNULL)
    server.wait_until_ready(first)
    family = psutil.Process(first.pid).children(recursive=True)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert wait_until_gone(family) == []
    left_over = server.folder / "postmaster.pid"
    lines = left_over.read_text().splitlines()
    left_over.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    second = server.start(output=subprocess.DEVNULL)
    try:
        server.wait_until_ready(second)
    finally:
        assert process.stop(second, postgres.STOP_SIGNAL, grace_s=20)


def test_half_a_data_folder_from_a_crash_is_made_anew(tmp_path: Path) -> None:
    server = postgres.Postgres(
        folder=tmp_path / "postgres", password=PASSWORD, port=postgres.find_free_port()
    )
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server.prepare()
    assert (server.folder / "global" / "pg_control").exists()
    assert not half.exists()


def test_two_servers_never_share_a_data_folder(tmp_path: Path) -> None:
    server = redis.Redis(folder=tmp_path / "redis", socket=tmp_path / "redis.sock")
    first = server.start(output=subprocess.DEVNULL)
    try:
        server.wait_until_ready(first)
        launch = process.Launch(
            name="Redis",
            command=["true"],
            death_signal=signal.SIGTERM,
            lock=tmp_path / "redis.lock",
        )
        with pytest.raises(process.ServerStillRunning, match="Another Redis still runs"):
            process.start(launch, output=subprocess.DEVNULL, wait_s=0.1)
    finally:
        process.stop(first, redis.STOP_SIGNAL, grace_s=20)


def test_a_child_whose_parent_died_before_the_kernel_was_told_does_not_start(
    tmp_path: Path,
) -> None:
    told = process._dying_with_us(signal.SIGTERM)
    told[-1] = "1"  # another parent than the one that asked
    done = subprocess.run([*told, "touch", str(tmp_path / "started")], check=False)
    assert done.returncode != 0
    assert not (tmp_path / "started").exists()
