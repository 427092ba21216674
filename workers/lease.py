"""Keeps a claim while its job computes and publishes, and notices when it should not go on."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from domain.jobs import claim as claims
from domain.jobs.claim import Claim
from domain.jobs.errors import LeaseLost
from workers.settings import WorkerSettings

UnitOfWork = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


class Lease(threading.Thread):
    """A database that does not answer is waited for, beyond the lease too: while it is away nobody
    else can claim, and when it is back it says who holds the job.
    """

    def __init__(self, claim: Claim, unit_of_work: UnitOfWork, settings: WorkerSettings) -> None:
        super().__init__(name=f"lease-{claim.job_id}", daemon=True)
        self._claim = claim
        self._unit_of_work = unit_of_work
        self._settings = settings
        self._over = threading.Event()
        self.is_lost = False
        self.is_asked_to_stop = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        renewed_at = time.monotonic()
        while not self._over.wait(self._settings.watch_s) and not self.is_lost:
            try:
                with self._unit_of_work() as session:
                    if time.monotonic() - renewed_at >= self._settings.heartbeat_s:
                        claims.renew(session, self._claim, lease_s=self._settings.lease_s)
                        renewed_at = time.monotonic()
                    self.is_asked_to_stop = claims.is_asked_to_stop(session, self._claim)
            except LeaseLost:
                self.is_lost = not self._over.is_set()
            except SQLAlchemyError as error:
                log.warning("lease.database_away", error=str(error))
