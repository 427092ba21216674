"""Workers tell that they are alive."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import clock
from domain.db import Json
from domain.jobs.models import WorkerPulse

# A worker tells that it is alive every ten seconds; three in a row were missed.
_GONE_AFTER = dt.timedelta(seconds=30)
_FORGET_AFTER = dt.timedelta(days=1)


def is_alive() -> ColumnElement[bool]:
    return WorkerPulse.seen_at > clock.now() - _GONE_AFTER


def note(
    session: Session, *, owner: str, queues: Sequence[str], host: str, pid: int, device: Json
) -> None:
    now = clock.now()
    changing = {"queues": list(queues), "device": device, "seen_at": now}
    session.execute(
        insert(WorkerPulse)
        .values(owner=owner, host=host, pid=pid, started_at=now, **changing)
        .on_conflict_do_update(index_elements=["owner"], set_=changing)
    )


def end(session: Session, owner: str) -> None:
    """A worker that says goodbye is not missed for half a minute."""
    session.execute(delete(WorkerPulse).where(WorkerPulse.owner == owner))


def forget_old(session: Session) -> None:
    session.execute(delete(WorkerPulse).where(WorkerPulse.seen_at < clock.now() - _FORGET_AFTER))
