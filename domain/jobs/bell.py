"""After the commit: ring the queues that got work, and tell watchers which jobs changed.

Both are hints. Rows are the truth: beat rings again for what nobody heard, and watchers read the
event rows. So a Redis that is away costs a warning and never a request.
"""

import functools
import uuid
from collections import Counter
from dataclasses import dataclass, field

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from domain.jobs import queue

_PENDING = "jobs.bell"
# One ring wakes one worker thread, which goes on until nothing is left: more rings than threads
# add nothing, and ten thousand jobs in one transaction should not make it wait for seconds.
_MAX_RINGS = 64

log = structlog.get_logger()


@dataclass
class _Pending:
    queues: Counter[str] = field(default_factory=Counter)
    job_ids: dict[uuid.UUID, None] = field(default_factory=dict)


def _pending(session: Session) -> _Pending:
    pending: _Pending = session.info.setdefault(_PENDING, _Pending())
    return pending


def want_ring(session: Session, queue_name: str) -> None:
    """Ring this queue once the transaction is committed."""
    _pending(session).queues[queue_name] += 1


def want_notice(session: Session, job_id: uuid.UUID) -> None:
    """Tell watchers of this job to look once the transaction is committed."""
    _pending(session).job_ids[job_id] = None


def attach(sessions: sessionmaker[Session] | Session, redis_url: str) -> None:
    """Make these sessions ring. Without it they only leave rows, which beat finds."""
    event.listen(sessions, "after_commit", functools.partial(_after_commit, redis_url))
    event.listen(sessions, "after_soft_rollback", _after_rollback)


def _after_commit(redis_url: str, session: Session) -> None:
    # SQLAlchemy also reports the release of a savepoint, when nothing is durable yet.
    if session.in_nested_transaction():
        return
    pending: _Pending | None = session.info.pop(_PENDING, None)
    if pending is None:
        return
    try:
        for name, count in pending.queues.items():
            for _ in range(min(count, _MAX_RINGS)):
                queue.ring(redis_url, name)
        queue.notify(redis_url, list(pending.job_ids))
    except queue.RedisAway as error:
        log.warning("bell.not_rung", queues=dict(pending.queues), error=str(error))


def _after_rollback(session: Session, previous: SessionTransaction) -> None:
    if not previous.nested:
        session.info.pop(_PENDING, None)
