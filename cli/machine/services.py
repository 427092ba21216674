"""The embedded PostgreSQL and Redis of one data folder; or those whose address was given."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from cli.embedded import postgres, process, redis
from cli.machine.folder import DataFolder
from cli.machine.logs import LogRelay
from cli.machine.supervisor import Member, Supervisor
from domain.settings import Settings

POSTGRES_GRACE_S = 60.0
REDIS_GRACE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Addresses:
    database_url: str
    redis_url: str


def given_database_url() -> str:
    return Settings().database_url


def given_redis_url() -> str:
    return Settings().redis_url


def describe_postgres(folder: DataFolder) -> postgres.Postgres:
    """A port of this run; a restart within the run keeps it, for the sake of those connected."""
    return postgres.Postgres(
        folder=folder.postgres,
        password=folder.secret("postgres_password"),
        port=postgres.find_free_port(),
    )


def describe_redis(folder: DataFolder) -> redis.Redis:
    return redis.Redis(folder=folder.redis, socket=redis.choose_socket(folder.run))


def start(supervisor: Supervisor, folder: DataFolder) -> Addresses:
    """Start what was not given, PostgreSQL first, and wait until it answers."""
    database_url = given_database_url() or _start_postgres(supervisor, folder)
    redis_url = given_redis_url() or _start_redis(supervisor, folder)
    return Addresses(database_url=database_url, redis_url=redis_url)


def _start_postgres(supervisor: Supervisor, folder: DataFolder) -> str:
    server = describe_postgres(folder)
    server.prepare()
    grace_s = POSTGRES_GRACE_S
    member = _member("postgres", server.start, stop_signal=postgres.STOP_SIGNAL, grace_s=grace_s)
    server.wait_until_ready(supervisor.add(member))
    return server.url


def _start_redis(supervisor: Supervisor, folder: DataFolder) -> str:
    server = describe_redis(folder)
    grace_s = REDIS_GRACE_S
    member = _member("redis", server.start, stop_signal=redis.STOP_SIGNAL, grace_s=grace_s)
    running = supervisor.add(member)
    try:
        server.wait_until_ready(running)
    except process.ServerDidNotStart as error:
        # Redis holds bells and counters, no facts: what it cannot read again is put aside.
        aside = folder.redis.with_name(f"redis-unreadable-{int(time.time())}")
        process.stop(running, redis.STOP_SIGNAL, grace_s=REDIS_GRACE_S)
        folder.redis.rename(aside)
        supervisor.relay.say(f"{error} Its folder is now {aside}; it starts with an empty one.")
        server.wait_until_ready(member.begin(supervisor.relay))
    return server.url


def _member(
    name: str,
    start_server: Callable[..., subprocess.Popen[bytes]],
    *,
    stop_signal: signal.Signals,
    grace_s: float,
) -> Member:
    def start(relay: LogRelay) -> subprocess.Popen[bytes]:
        return relay.follow(name, start_server(output=subprocess.PIPE))

    return Member(name=name, group=name, start=start, stop_signal=stop_signal, grace_s=grace_s)
