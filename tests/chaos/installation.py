"""A small installation of its own: PostgreSQL, Redis, workers and beat, each of which may be
killed and started again. Leases are short, so that a test need not wait half a minute.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import text
from sqlalchemy.orm import Session

from cli.embedded import postgres as embedded_postgres
from cli.embedded import process
from cli.embedded import redis as embedded_redis
from domain import schema
from domain.db import connect, make_session_factory
from domain.jobs import bell, queries, service, sweep
from domain.jobs.models import Job
from specs.job import JobSpec

_ROOT = Path(__file__).parents[2]
_TABLES = "job_events, job_parents, job_artifacts, datasets, jobs, artifacts, worker_pulses"


class Installation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "var"
        self._postgres = embedded_postgres.Postgres(
            folder=folder / "postgres",
            password=secrets.token_urlsafe(16),
            port=embedded_postgres.find_free_port(),
            durable=True,
        )
        self._redis = embedded_redis.Redis(
            folder=folder / "redis", socket=embedded_redis.choose_socket(folder), durable=False
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.engine = connect(self._postgres.url)
        self._sessions = make_session_factory(self.engine)
        bell.attach(self._sessions, self._redis.url)

    # -- processes --------------------------------------------------------------------------------

    def start_postgres(self) -> None:
        self._postgres.prepare()
        running = self._postgres.start(output=subprocess.DEVNULL)
        self.processes["postgres"] = running
        self._postgres.wait_until_ready(running)

    def start_redis(self) -> None:
        running = self._redis.start(output=subprocess.DEVNULL)
        self.processes["redis"] = running
        self._redis.wait_until_ready(running)

    def wipe_redis(self) -> None:
        shutil.rmtree(self._redis.folder, ignore_errors=True)

    def migrate(self) -> None:
        with self.engine.begin() as connection:
            schema.migrate(connection)

    def start_worker(self, name: str = "worker", **settings: Any) -> None:
        options = ["--hostname", f"{name}@test", "-Q", "cpu", "--pool", "threads"]
        self._start(name, ["worker", *options, "--without-gossip", "--without-mingle"], settings)

    def start_beat(self, **settings: Any) -> None:
        self._start("beat", ["beat"], settings)

    def _start(self, name: str, words: list[str], settings: dict[str, Any]) -> None:
        given = {
            "data": self.data,
            "database_url": self._postgres.url,
            "redis_url": self._redis.url,
            "kind_modules": "tests.chaos.register",
            "lease_s": 3,
            "heartbeat_s": 1,
            "watch_s": 0.3,
            "grace_s": 2,
            "tend_s": 1,
            **settings,
        }
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GGEZ_")},
            **{f"GGEZ_{key.upper()}": str(value) for key, value in given.items()},
            "PYTHONPATH": str(_ROOT),
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "workers.celery_app", *words],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        running = self.processes.pop(name)
        running.kill()
        running.wait()

    def stop(self, name: str, *, grace_s: float = 20) -> None:
        process.stop(self.processes.pop(name), signal.SIGTERM, grace_s=grace_s)

    def clear(self) -> None:
        """As before the test. Nothing is asked any more: killing is quicker."""
        for name in [each for each in self.processes if each.startswith(("worker", "beat"))]:
            self.kill(name)
        for name, start in (("postgres", self.start_postgres), ("redis", self.start_redis)):
            if name not in self.processes:
                start()
        self.engine.dispose()
        with self.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {_TABLES} CASCADE"))
        shutil.rmtree(self.data, ignore_errors=True)
        for path in [*self.folder.glob("*.log"), self.folder / "lines"]:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        self.engine.dispose()
        for name, asks in (
            ("redis", embedded_redis.STOP_SIGNAL),
            ("postgres", embedded_postgres.STOP_SIGNAL),
        ):
            if name in self.processes:
                process.stop(self.processes.pop(name), asks, grace_s=20)

    def read_logs(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {path.name}\n{path.read_text()[-5000:]}" for path in logs)

    # -- jobs -------------------------------------------------------------------------------------

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._sessions.begin() as session:
            yield session

    def enqueue(self, spec: JobSpec, **options: Any) -> uuid.UUID:
        with self.session() as session:
            return service.enqueue(session, spec, created_by=None, fresh=True, **options).job.id

    def look(self, job_id: uuid.UUID) -> Job:
        with self.session() as session:
            return service.get(session, job_id)

    def wait_until(self, what: str, is_so: Callable[[], bool], *, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, f"Waited for {what}.\n{self.read_logs()}"
            time.sleep(0.1)

    def wait_for_progress(self, job_id: uuid.UUID) -> None:
        """The computation is under way, not only claimed."""

        def is_under_way() -> bool:
            job = self.look(job_id)
            return job.state == "running" and (job.progress.get("done") or 0) > 0

        self.wait_until("progress", is_under_way)

    def wait_for_state(self, job_id: uuid.UUID, state: str, *, seconds: float = 30) -> Job:
        self.wait_until(state, lambda: self.look(job_id).state == state, seconds=seconds)
        return self.look(job_id)

    # -- what must hold afterwards ----------------------------------------------------------------

    def list_events(self, job_id: uuid.UUID) -> list[str]:
        """All but progress. Their numbers have no gap."""
        with self.session() as session:
            events = queries.list_events(session, job_id, limit=10_000)
        assert [event.number for event in events] == list(range(1, len(events) + 1))
        return [event.kind for event in events if event.kind != "progress"]

    def assert_nothing_is_orphaned(self) -> None:
        """No process without its worker, and after a sweep no folder without its row."""
        self.wait_until("orphans to end", lambda: not self.list_orphans(), seconds=10)
        root = (self.data / "artifacts").as_uri()
        with self.session() as session:
            sweep.sweep_published(session, root)
            keep = sweep.dt.timedelta(0)
            sweep.sweep_local(session, root, self.data, keep_state=keep)
        with self.session() as session:
            owned = set()
            for job in queries.list_jobs(session, limit=1000):
                found = queries.list_artifacts(session, job.id).values()
                owned |= {Path(artifact.uri.removeprefix("file://")) for artifact in found}
        published = set((self.data / "artifacts" / "jobs").glob("*/*"))
        assert published == owned
        assert not list((self.data / "artifacts" / ".staging").glob("*"))
        assert not list((self.data / "state").glob("*"))

    def list_orphans(self) -> list[psutil.Process]:
        """Processes of attempts of this installation that are not below one of its workers."""
        workers = [running.pid for name, running in self.processes.items() if "worker" in name]
        below = {
            child.pid for pid in workers for child in psutil.Process(pid).children(recursive=True)
        }
        return [each for each in self.list_attempts() if each.pid not in below]

    def list_attempts(self) -> list[psutil.Process]:
        """Processes that were started by a worker of this installation and are no worker."""
        found = []
        for each in psutil.process_iter():
            try:
                if each.environ().get("GGEZ_DATA") == str(self.data) and re.search(
                    "multiprocessing|time.sleep", " ".join(each.cmdline())
                ):
                    found.append(each)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found

    def find_child(self) -> psutil.Process:
        """The process that computes: it leads a session, unlike multiprocessing's own helpers."""
        leaders = [each for each in self.list_attempts() if os.getsid(each.pid) == each.pid]
        assert len(leaders) == 1, leaders
        return leaders[0]


@contextmanager
def running() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="ggez-chaos-"))
    made = Installation(folder)
    try:
        made.start_postgres()
        made.start_redis()
        made.migrate()
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)
