"""Answer the bell: claim the best row, have it computed, record what came of it.

One of the three places that commit, and the only one in the workers that catches whatever it may
be: a job that fails must not take the worker with it.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain import tables  # noqa: F401 - jobs refer to tables that nothing here would load
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.db import connect, make_session_factory
from domain.errors import DomainError, Unavailable
from domain.jobs import bell, finish, service
from domain.jobs import claim as claims
from domain.jobs.claim import Claim
from domain.jobs.errors import LeaseLost
from domain.jobs.finish import AttemptEnd
from domain.jobs.rules import Ending
from workers import child, inputs, kinds, publishing
from workers.attempt import Attempt, Ended
from workers.lease import Lease
from workers.publishing import Published
from workers.settings import WorkerSettings

_ASK_AGAIN_S = 1.0
# Per job: its lease, its relay, and the one that closes it.
_CONNECTIONS_PER_JOB = 2

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where one attempt writes."""

    out_dir: Path
    state_dir: Path
    log_path: Path


class Runtime:
    def __init__(self, settings: WorkerSettings, *, owner: str, queues: Sequence[str] = ()) -> None:
        self.settings = settings
        self.owner = owner
        self.queues = tuple(queues) or settings.queues
        self.is_shutting_down = threading.Event()
        pool_size = _CONNECTIONS_PER_JOB * settings.concurrency + 2
        self._engine = connect(settings.database_url, pool_size=pool_size)
        self._sessions = make_session_factory(self._engine)
        bell.attach(self._sessions, settings.redis_url)

    @contextlib.contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Commit what the block did, or nothing."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        self._engine.dispose()

    def run_available(self, queue: str) -> int:
        """Run jobs until nothing is left to do; a ring for nothing is harmless. Returns how many.

        A bell names one queue; whoever answers takes the best row of all the queues it serves.
        """
        queues = dict.fromkeys([queue, *self.queues])
        num_run = 0
        try:
            while (claim := self._take(list(queues))) is not None:
                self.run(claim)
                num_run += 1
        except OperationalError as error:
            # Beat rings again when the database is back, and takes back what was left behind.
            log.warning("runtime.database_away", error=str(error.orig))
        return num_run

    def _take(self, queues: Sequence[str]) -> Claim | None:
        if self.is_shutting_down.is_set():
            return None
        with self.unit_of_work() as session:
            lease_s = self.settings.lease_s
            return claims.take(session, queues, owner=self.owner, lease_s=lease_s)

    def run(self, claim: Claim) -> None:
        names = {"job_id": str(claim.job_id), "job_kind": claim.kind, "fencing_token": claim.token}
        with structlog.contextvars.bound_contextvars(**names):
            log.info("job.claimed", attempt=claim.attempt)
            try:
                workspace = self._make_workspace(claim)
            except (OSError, DomainError) as error:
                self._give_up(claim, f"Its folder could not be made: {error}")
                return
            try:
                with Lease(claim, self.unit_of_work, self.settings) as lease:
                    self._close(claim, self._attempt(claim, workspace, lease), workspace, lease)
            except LeaseLost:
                log.warning("job.lease_lost")
            finally:
                shutil.rmtree(workspace.out_dir, ignore_errors=True)

    def _give_up(self, claim: Claim, reason: str) -> None:
        """Before anything began: a full disk or one that cannot be written to."""
        log.warning("job.no_room", error=reason)
        end = AttemptEnd(
            ending=Ending.KILLED, message=reason, is_shutting_down=self.is_shutting_down.is_set()
        )
        with self.unit_of_work() as session:
            finish.conclude(session, claim, end)

    def _make_workspace(self, claim: Claim) -> Workspace:
        data = self.settings.data.resolve()
        name = kinds.name_attempt(claim.job_id, claim.token)
        return Workspace(
            out_dir=storage.make_staging(self.settings.artifacts_root, data / "work", name),
            state_dir=kinds.find_state(self.settings, claim.job_id) / str(claim.start),
            log_path=data / "logs" / "jobs" / str(claim.job_id) / f"{claim.token}.log",
        )

    def _attempt(self, claim: Claim, workspace: Workspace, lease: Lease) -> Ended:
        """Load, compute; whatever goes wrong before the process starts is an ending, too."""
        try:
            with self.unit_of_work() as session:
                finish.note_start(session, claim, log_uri=workspace.log_path.as_uri())
                job = service.get(session, claim.job_id)
                task = kinds.find(job.kind)
                spec = kinds.read_spec(job)
                arguments = {
                    **inputs.prepare(session, job, spec, self.settings),
                    **task.prepare(session, job, spec, self.settings),
                }
            order = child.Order(
                kind=claim.kind,
                spec=spec.to_json(),
                compute=task.compute,
                arguments=arguments,
                out_dir=workspace.out_dir,
                state_dir=workspace.state_dir,
                silence_s=self.settings.lease_s,
                kind_modules=self.settings.kind_modules,
            )
            attempt = Attempt(
                claim,
                lease=lease,
                unit_of_work=self.unit_of_work,
                settings=self.settings,
                is_shutting_down=self.is_shutting_down,
            )
            preload = self.settings.preload if task.preloaded else ()
            return attempt.run(order, log_path=workspace.log_path, preload=preload)
        except LeaseLost:
            raise
        except Unavailable as error:
            return Ended(ending=Ending.KILLED, message=str(error))
        except (DomainError, ValueError) as error:
            return Ended(ending=Ending.INVALID, message=str(error))
        except OperationalError as error:
            return Ended(ending=Ending.KILLED, message=f"The database went away: {error.orig}")
        except OSError as error:
            # Too many processes or open files, a full disk: this machine's trouble, not the job's.
            return Ended(ending=Ending.KILLED, message=f"It could not be started: {error}.")
        except Exception as error:
            log.exception("job.not_started")
            return Ended(ending=Ending.CRASHED, message=f"{type(error).__name__}: {error}")

    def _close(self, claim: Claim, ended: Ended, workspace: Workspace, lease: Lease) -> None:
        """Record the end, however often that takes; only a lost lease makes it pointless."""
        if lease.is_lost:
            raise LeaseLost(claim.job_id, claim.token)
        if ended.ending is Ending.FINISHED:
            ended = self._publish(claim, ended, workspace, lease)
        if ended.ending is Ending.FINISHED:
            # The folder above holds earlier starts, too.
            shutil.rmtree(workspace.state_dir.parent, ignore_errors=True)
            log.info("job.succeeded")
            return
        end = self._describe(ended, claim, workspace)
        verdict = self._persist(lambda session: finish.conclude(session, claim, end), lease)
        log.info("job.ended", ending=ended.ending, verdict=verdict, message=ended.message)

    def _publish(self, claim: Claim, ended: Ended, workspace: Workspace, lease: Lease) -> Ended:
        """Files first, then the rows, all in one transaction. Whatever goes wrong here is how the
        attempt ended; a crash between the two leaves a folder that the next sweep deletes.
        """
        uri = storage.join(
            self.settings.artifacts_root, "jobs", str(claim.job_id), str(claim.token)
        )
        try:
            published = publishing.publish(workspace.out_dir, uri)
            end = self._describe(ended, claim, workspace)
            self._persist(
                lambda session: _record(session, claim, ended.result, published, end), lease
            )
        except (LeaseLost, OperationalError):
            # Perhaps the commit was made and its answer lost: the sweep knows, we do not.
            raise
        except Exception as error:  # noqa: BLE001 - see the module's docstring
            ended = _blame(error, ended)
            with contextlib.suppress(DomainError):
                storage.delete(uri)
        return ended

    def _describe(self, ended: Ended, claim: Claim, workspace: Workspace) -> AttemptEnd:
        name = kinds.name_attempt(claim.job_id, claim.token)
        root = self.settings.artifacts_root
        return AttemptEnd(
            ending=ended.ending,
            message=ended.message,
            was_forced=ended.was_forced,
            is_shutting_down=self.is_shutting_down.is_set(),
            log_uri=publishing.keep_log(workspace.log_path, root, name),
            environment=ended.environment,
        )

    def _persist(self, what: Callable[[Session], Result], lease: Lease) -> Result:
        """Write the end down, also through a restart of the database."""
        while True:
            try:
                with self.unit_of_work() as session:
                    return what(session)
            except OperationalError as error:
                if lease.is_lost or self.is_shutting_down.is_set():
                    raise
                log.warning("runtime.database_away", error=str(error.orig))
                time.sleep(_ASK_AGAIN_S)


def _record(
    session: Session,
    claim: Claim,
    result: dict[str, Any],
    published: Published | None,
    end: AttemptEnd,
) -> None:
    job = claims.hold(session, claim)
    task = kinds.find(claim.kind)
    files: dict[str, Artifact] = {}
    if published is not None:
        files["output"] = artifacts.record(
            session,
            kind=task.output,
            uri=published.uri,
            sha256=published.sha256,
            size_bytes=published.size_bytes,
            media_type="inode/directory",
        )
    recorded = task.record(session, job, result, files)
    finish.succeed(session, job, end, result=recorded, published=files)


def _blame(error: Exception, ended: Ended) -> Ended:
    """What went wrong after the computation, as an ending."""
    match error:
        case Unavailable():
            ending, message = Ending.KILLED, str(error)
        case DomainError() | ValueError():
            ending, message = Ending.INVALID, str(error)
        case _:
            log.error("job.not_recorded", exc_info=error)
            ending, message = Ending.CRASHED, f"{type(error).__name__}: {error}"
    return Ended(ending=ending, message=message, environment=ended.environment)
