"""Tells the database every few seconds that this worker is alive, and what its device holds."""

import os
import shutil
import socket
import subprocess
import threading
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from domain.jobs import pulses
from workers.lease import UnitOfWork

_EVERY_S = 10.0
_MIB = 1024 * 1024

log = structlog.get_logger(__name__)


class Pulse(threading.Thread):
    def __init__(self, unit_of_work: UnitOfWork, *, owner: str, queues: tuple[str, ...]) -> None:
        super().__init__(name="pulse", daemon=True)
        self._unit_of_work = unit_of_work
        self._owner = owner
        self._queues = queues
        self._over = threading.Event()

    def run(self) -> None:
        while True:
            try:
                with self._unit_of_work() as session:
                    pulses.note(
                        session,
                        owner=self._owner,
                        queues=self._queues,
                        host=socket.gethostname(),
                        pid=os.getpid(),
                        device=describe_device(),
                    )
            except SQLAlchemyError as error:
                log.warning("pulse.database_away", error=str(error))
            if self._over.wait(_EVERY_S):
                return

    def end(self) -> None:
        self._over.set()
        self.join()
        try:
            with self._unit_of_work() as session:
                pulses.end(session, self._owner)
        except SQLAlchemyError as error:
            log.warning("pulse.database_away", error=str(error))


def describe_device() -> dict[str, Any]:
    """By the driver's own tool: a worker does not load torch."""
    tool = shutil.which("nvidia-smi")
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
    if tool is None or not visible:
        return _describe_processor()
    query = ["--query-gpu=name,memory.total,memory.used", "--format=csv,noheader,nounits"]
    which = [] if visible == "all" else ["-i", visible]
    try:
        asked = subprocess.run(  # noqa: S603 - our own words; the device numbers are ours too
            [tool, *query, *which], capture_output=True, text=True, check=False, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        # A driver that hangs must not make the worker look dead.
        log.warning("pulse.device_unknown", error=str(error))
        return {"device": "cuda", "name": "GPU whose driver does not answer"}
    lines = asked.stdout.splitlines()
    if asked.returncode != 0 or not lines:
        return _describe_processor()
    name, total, used = (part.strip() for part in lines[0].rsplit(",", 2))
    found: dict[str, Any] = {"device": "cuda", "name": name}
    # Where processor and GPU share their memory, the tool answers [N/A].
    if total.isdecimal() and used.isdecimal():
        found |= {"memory_bytes": int(total) * _MIB, "memory_used_bytes": int(used) * _MIB}
    return found


def _describe_processor() -> dict[str, Any]:
    return {"device": "cpu", "cores": len(os.sched_getaffinity(0))}
