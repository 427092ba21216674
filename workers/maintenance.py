"""What has to be done again and again, whatever happened: take back, ring, sweep."""

import datetime as dt

import structlog
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import DomainError
from domain.jobs import claim as claims
from domain.jobs import pulses, queue, sweep
from workers.runtime import Runtime

log = structlog.get_logger(__name__)


def tend(runtime: Runtime) -> None:
    """Queue again what expired leases left behind, and ring for what nobody heard of."""
    try:
        with runtime.unit_of_work() as session:
            num_reaped = claims.reap(session)
        with runtime.unit_of_work() as session:
            names = claims.list_queues_to_ring(session)
        if num_reaped:
            log.warning("jobs.reaped", num_jobs=num_reaped)
        queue.ring_unheard(runtime.settings.redis_url, names)
    except (SQLAlchemyError, DomainError) as error:
        log.warning("jobs.not_tended", error=str(error))


def sweep_published(runtime: Runtime) -> None:
    """Once per installation: beat does it."""
    try:
        with runtime.unit_of_work() as session:
            pulses.forget_old(session)
            gone = sweep.sweep_published(session, runtime.settings.artifacts_root)
        if gone:
            log.info("files.swept", uris=gone)
    except (SQLAlchemyError, DomainError, OSError) as error:
        log.warning("files.not_swept", error=str(error))


def sweep_local(runtime: Runtime) -> None:
    """Once per machine: every worker does it when it starts, and beat now and then."""
    settings = runtime.settings
    keep_state = dt.timedelta(days=settings.keep_state_days)
    try:
        with runtime.unit_of_work() as session:
            data = settings.data.resolve()
            gone = sweep.sweep_local(session, settings.artifacts_root, data, keep_state=keep_state)
        if gone:
            log.info("files.swept_local", num_folders=gone)
    except (SQLAlchemyError, OSError) as error:
        log.warning("files.not_swept", error=str(error))
