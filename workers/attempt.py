"""The parent's side of one attempt: start the process, relay what it tells, make it stop."""

import json
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from domain.jobs import finish, rules
from domain.jobs.claim import Claim
from domain.jobs.errors import LeaseLost
from domain.jobs.rules import Ending
from workers import child, processes
from workers.joblog import JobLog
from workers.lease import Lease, UnitOfWork
from workers.settings import WorkerSettings

_LOOK_EVERY_S = 0.2
_LOG_ENDS_WITHIN_S = 2.0
_OOM_COUNTER = Path("/proc/vmstat")

log = structlog.get_logger(__name__)


@dataclass(kw_only=True)
class Ended:
    """How it ended, in the words of `rules.decide`."""

    ending: Ending
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    was_forced: bool = False


class Attempt:
    def __init__(
        self,
        claim: Claim,
        *,
        lease: Lease,
        unit_of_work: UnitOfWork,
        settings: WorkerSettings,
        is_shutting_down: threading.Event,
    ) -> None:
        self._claim = claim
        self._lease = lease
        self._unit_of_work = unit_of_work
        self._settings = settings
        self._is_shutting_down = is_shutting_down
        self._progress: dict[str, Any] | None = None
        self._started_at = time.monotonic()
        self._stored_at = self._pinged_at = self._started_at
        self._asked_at: float | None = None
        self._ended = Ended(ending=Ending.KILLED)
        self._has_told = False

    def run(self, order: child.Order, *, log_path: Path, preload: tuple[str, ...]) -> Ended:
        """Until the process is gone, with everything it started."""
        wire, childs_wire = multiprocessing.Pipe()
        log_pipe, childs_log = multiprocessing.Pipe(duplex=False)
        job_log = JobLog(log_path, log_pipe, cap_kb=self._settings.log_cap_kb)
        job_log.start()
        num_killed_before = _count_oom_kills()
        process = processes.start(order, childs_wire, childs_log, preload=preload)
        childs_wire.close()
        childs_log.close()
        try:
            while process.is_alive():
                wait([wire, process.sentinel], timeout=_LOOK_EVERY_S)
                self._listen(wire)
                self._keep_alive(wire)
                self._store_progress()
                self._steer(process)
        finally:
            processes.kill(process)
            process.join()
            self._listen(wire)
            wire.close()
            job_log.join(_LOG_ENDS_WITHIN_S)
        self._store_progress(at_once=True)
        if not self._has_told:
            self._explain_silence(process.exitcode, _count_oom_kills() - num_killed_before)
        return self._ended

    def _listen(self, wire: Connection) -> None:
        try:
            while wire.poll():
                name, values = wire.recv()
                if name == "progress":
                    self._progress = values
                elif name == "environment":
                    self._ended.environment = values
                else:
                    self._note_end(values)
        except (EOFError, OSError):
            return  # it is gone; the loop sees that too

    def _note_end(self, values: dict[str, Any]) -> None:
        self._has_told = True
        self._ended.ending = Ending(values["ending"])
        self._ended.message = values.get("message", "")
        self._ended.result = json.loads(values.get("result", "{}"))

    def _keep_alive(self, wire: Connection) -> None:
        """The process ends by itself when it hears nothing: see `child`."""
        now = time.monotonic()
        if now - self._pinged_at >= self._settings.heartbeat_s / 2:
            self._pinged_at = now
            try:
                wire.send("alive")
            except OSError:
                return  # it is gone; the loop sees that too

    def _store_progress(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        interval_s = rules.progress_interval_s(now - self._started_at)
        if self._progress is None or (not at_once and now - self._stored_at < interval_s):
            return
        progress = self._progress
        self._stored_at = now
        if self._write(lambda session: finish.note_progress(session, self._claim, progress)):
            self._progress = None

    def _steer(self, process: Any) -> None:
        """Ask, wait, kill. A lost lease is no time for asking: somebody else is at work."""
        if self._lease.is_lost:
            processes.kill(process)
            return
        if not (self._lease.is_asked_to_stop or self._is_shutting_down.is_set()):
            return
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
            processes.ask_to_stop(process)
            self._note_signal("terminated")
        elif now - self._asked_at >= self._settings.grace_s and not self._ended.was_forced:
            self._ended.was_forced = True
            processes.kill(process)
            self._note_signal("killed")

    def _note_signal(self, kind: str) -> None:
        log.info("job.signalled", signal=kind)
        self._write(lambda session: finish.note_signal(session, self._claim, kind))

    def _write(self, what: Callable[[Session], None]) -> bool:
        """Something worth telling, but not worth failing for."""
        try:
            with self._unit_of_work() as session:
                what(session)
        except LeaseLost:
            self._lease.is_lost = True
        except SQLAlchemyError as error:
            log.warning("job.not_noted", error=str(error))
            return False
        return True

    def _explain_silence(self, exit_code: int | None, num_oom_kills: int) -> None:
        """It ended without a word: killed, or by an exit that Python did not see."""
        ours = self._ended.was_forced or self._asked_at is not None or self._lease.is_lost
        if exit_code == -signal.SIGKILL and num_oom_kills > 0 and not ours:
            self._ended.ending = Ending.OUT_OF_MEMORY
            self._ended.message = "the kernel killed its process to free memory"
        elif exit_code is not None and exit_code < 0:
            name = signal.Signals(-exit_code).name
            self._ended.message = f"Its process was ended by {name}."
        else:
            self._ended.message = f"Its process ended with code {exit_code} and no result."


def _count_oom_kills() -> int:
    """How often the kernel has killed for memory since it started."""
    for line in _OOM_COUNTER.read_text().splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill":
            return int(count)
    return 0
