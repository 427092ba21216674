"""Watch one job until it has ended, and say on stderr how it goes: stdout is for the answer."""

import shutil
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cli.jobs import facts
from domain import clock
from domain.db import connect
from domain.errors import Unavailable
from domain.jobs import queries, rules
from domain.jobs import service as jobs
from domain.jobs.models import Job, JobState
from domain.settings import Settings

_LOOK_EVERY_S = 0.3
# A database that is started again after a crash is back well within this.
_DATABASE_PATIENCE_S = 60.0
_BAR_WIDTH = 24
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


class DatabaseStaysAway(Unavailable):
    def __init__(self, job_id: uuid.UUID) -> None:
        super().__init__(
            f"The database has not answered for {_DATABASE_PATIENCE_S:.0f} s; job {job_id} may "
            "still run."
        )


class Watch:
    """Looks at the rows; `look` is cheap enough to be called a few times a second."""

    def __init__(self, settings: Settings, job_id: uuid.UUID, *, silent: bool) -> None:
        self._engine = connect(settings.database_url, pool_size=1)
        self._job_id = job_id
        self._screen = _choose_screen(silent=silent)
        self._answered_at = time.monotonic()
        self.job: Job | None = None

    def close(self) -> None:
        self._screen.close()
        self._engine.dispose()

    def look(self) -> bool:
        """Whether the job has ended."""
        try:
            with Session(self._engine, expire_on_commit=False) as session:
                self.job = jobs.get(session, self._job_id)
        except OperationalError as error:
            if time.monotonic() - self._answered_at > _DATABASE_PATIENCE_S:
                raise DatabaseStaysAway(self._job_id) from error
            return False
        self._answered_at = time.monotonic()
        self._screen.show(self.job)
        return self.job.state in rules.FINISHED

    def look_until_ended(self) -> bool:
        """Whether the job has ended; else somebody pressed Ctrl-C."""
        with noting_ctrl_c() as pressed:
            while not self.look():
                if pressed.wait(_LOOK_EVERY_S):
                    return False
        return True

    def describe(self) -> dict[str, Any]:
        with Session(self._engine) as session:
            return facts.describe_fully(session, jobs.get(session, self._job_id))

    def is_served(self) -> bool:
        """Whether a living worker serves the job's queue."""
        with Session(self._engine) as session:
            queue = jobs.get(session, self._job_id).queue
            return any(queue in worker.queues for worker in queries.list_workers(session))

    def say(self, sentence: str) -> None:
        self._screen.say(sentence)


@contextmanager
def noting_ctrl_c() -> Iterator[threading.Event]:
    """Ctrl-C sets the event. As an exception it would come in the middle of a query, and what the
    driver then says would hide it.
    """
    pressed = threading.Event()
    former = signal.signal(signal.SIGINT, lambda *_: pressed.set())
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, former)


@contextmanager
def watching(settings: Settings, job_id: uuid.UUID, *, silent: bool) -> Iterator[Watch]:
    watch = Watch(settings, job_id, silent=silent)
    try:
        yield watch
    finally:
        watch.close()


class _Silent:
    def show(self, job: Job) -> None: ...

    def say(self, sentence: str) -> None: ...

    def close(self) -> None: ...


class _Lines(_Silent):
    """For a log: one line whenever the job's state changes."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, job: Job) -> None:
        if job.state != self._shown:
            self._shown = job.state
            self.say(f"Job {job.id} is {job.state}.")

    def say(self, sentence: str) -> None:
        click.echo(sentence, err=True)


class _Bar(_Silent):
    """For a person: one line, drawn again and again."""

    def show(self, job: Job) -> None:
        width = shutil.get_terminal_size().columns - 1
        click.echo(f"\r\x1b[K{draw(job)[:width]}", err=True, nl=False)

    def say(self, sentence: str) -> None:
        click.echo(f"\r\x1b[K{sentence}", err=True)

    def close(self) -> None:
        click.echo("\r\x1b[K", err=True, nl=False)


def _choose_screen(*, silent: bool) -> _Silent:
    if sys.stderr.isatty():
        return _Bar()
    return _Silent() if silent else _Lines()


def draw(job: Job) -> str:
    """The state of a job in one line."""
    parts = [job.state]
    done, total = job.progress.get("done"), job.progress.get("total")
    if job.state == JobState.RUNNING and done is not None and total:
        share = min(1.0, done / total)
        parts += [f"[{'#' * int(share * _BAR_WIDTH):-<{_BAR_WIDTH}}]", f"{share:4.0%}"]
    parts.append(facts.describe_progress(job.progress))
    if job.started_at is not None:
        parts.append(f"{(clock.now() - job.started_at).total_seconds():.0f} s")
    return "  ".join(part for part in parts if part)
