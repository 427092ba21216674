import datetime as dt

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs.models import WorkerPulse
from workers import alive


def pulse(session: Session, host: str, seconds_ago: float) -> None:
    seen_at = clock.now() - dt.timedelta(seconds=seconds_ago)
    session.add(WorkerPulse(owner="w", queues=["cpu"], host=host, pid=1, seen_at=seen_at))
    session.flush()


def test_a_worker_seen_just_now_is_alive(session: Session) -> None:
    pulse(session, "here", 2)
    assert alive.is_alive(session, "here")


def test_a_worker_not_seen_for_a_while_is_not(session: Session) -> None:
    pulse(session, "here", 120)
    assert not alive.is_alive(session, "here")


def test_a_worker_of_another_host_does_not_count(session: Session) -> None:
    pulse(session, "there", 2)
    assert not alive.is_alive(session, "here")


def test_without_a_database_nobody_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEZ_DATABASE_URL", "postgresql://ggez:no@127.0.0.1:1/ggez")
    assert alive.main() == 1
