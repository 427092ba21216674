"""The product at an address of its own: a web process, and a worker where a test wants one. What
is written into its database is committed, and stays until `clear`.
"""

import contextlib
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from cli.embedded import process
from cli.machine import children
from domain.db import Table, connect, make_session_factory
from domain.jobs import bell, service
from domain.jobs.models import Job
from domain.settings import Settings
from domain.users import sessions
from domain.users.models import User
from tests.web import LIFETIME

_PATIENCE_S = 60
_GRACE_S = 15


class Website:
    def __init__(
        self, folder: Path, *, database_url: str, redis_url: str, public_url: str = ""
    ) -> None:
        self.settings = Settings(
            data=folder / "var", database_url=database_url, redis_url=redis_url
        )
        self._folder = folder
        self._engine = connect(database_url)
        self._sessions = make_session_factory(self._engine)
        bell.attach(self._sessions, redis_url)
        self._listening = children.open_port("127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._public_url = public_url or self.base_url
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._cookies: dict[uuid.UUID, dict[str, Any]] = {}

    # -- processes --------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        descriptor = self._listening.fileno()
        words = ["uvicorn", "app.main:create_app", "--factory", "--fd", str(descriptor)]
        self._start("web", [*words, "--timeout-graceful-shutdown", "1"], pass_on=[descriptor])
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_until_it_answers(self) -> None:
        """The socket listens already: what is asked too early waits there, also for ever."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            assert self._running["web"].poll() is None, self.read_log("web")
            assert time.monotonic() < deadline, self.read_log("web")
            with contextlib.suppress(TimeoutError):
                urllib.request.urlopen(f"{self.base_url}/healthz", timeout=1).close()
                return

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self._stop(name)
        self._listening.close()
        self._engine.dispose()

    @contextmanager
    def running_worker(self) -> Iterator[None]:
        celery = ["celery", "-A", "workers.celery_app", "worker", "-Q", "cpu", "--pool", "threads"]
        self._start("worker", [*celery, "--without-gossip", "--without-mingle"])
        try:
            yield
        finally:
            self._stop("worker")

    def _start(self, name: str, words: Sequence[str], pass_on: Sequence[int] = ()) -> None:
        launch = process.Launch(
            name=name,
            command=[sys.executable, "-m", *words],
            death_signal=signal.SIGKILL,
            lock=self._folder / f"{name}.lock",
            environment=self._make_environment(),
            pass_on=pass_on,
        )
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = process.start(launch, output=log)

    def _make_environment(self) -> dict[str, str]:
        given = children.make_environment(
            data=str(self.settings.data),
            database_url=self.settings.database_url,
            redis_url=self.settings.redis_url,
            base_url=self._public_url,
        )
        return {**given, "OMP_NUM_THREADS": "1"}

    def _stop(self, name: str) -> None:
        process.stop(self._running.pop(name), signal.SIGTERM, grace_s=_GRACE_S)

    def read_log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()[-5000:]

    # -- rows -------------------------------------------------------------------------------------

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A unit of work: committed at its end, and the bells ring."""
        with self._sessions.begin() as session:
            yield session

    def look(self, job_id: uuid.UUID) -> Job:
        with self.session() as session:
            return service.get(session, job_id)

    def wait_for_state(self, job_id: uuid.UUID, state: str) -> Job:
        deadline = time.monotonic() + _PATIENCE_S
        while (job := self.look(job_id)).state != state:
            assert time.monotonic() < deadline, f"{job.state} {job.error}"
            time.sleep(0.1)
        return job

    def clear(self) -> None:
        names = ", ".join(table.name for table in Table.metadata.sorted_tables)
        with self._engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {names} CASCADE"))
        with redis.Redis.from_url(self.settings.redis_url) as client:
            client.flushdb()
        self._cookies.clear()

    def make_cookie(self, user: User) -> dict[str, Any]:
        """What a browser of this person sends."""
        if user.id not in self._cookies:
            with self.session() as session:
                opened = sessions.open_session(session, user, LIFETIME, user_agent="Firefox, Linux")
            cookie = {"name": "ggez_session", "value": opened.token, "url": self.base_url}
            self._cookies[user.id] = cookie
        return self._cookies[user.id]
