"""When the bell rings, on a session whose commits are real to it."""

import uuid
from typing import Any

import pytest
import redis as redis_library
from sqlalchemy.orm import Session

from domain.jobs import bell, queue, service
from specs.kinds.system.system_check import SystemCheck
from tests.factories import make_job


@pytest.fixture
def ringing(session: Session, services: Any, redis: redis_library.Redis) -> Session:
    bell.attach(session, services.redis_url)
    return session


def enqueue(session: Session) -> uuid.UUID:
    return service.enqueue(session, SystemCheck(), created_by=None, fresh=True).job.id


def count_bells(services: Any) -> int:
    return queue.count_bells(services.redis_url, "cpu")


def test_nothing_rings_before_the_commit(ringing: Session, services: Any) -> None:
    enqueue(ringing)
    ringing.flush()
    assert count_bells(services) == 0
    ringing.commit()
    assert count_bells(services) == 1
    ringing.commit()
    assert count_bells(services) == 1


def test_the_release_of_a_savepoint_is_no_commit(ringing: Session, services: Any) -> None:
    with ringing.begin_nested():
        enqueue(ringing)
    assert count_bells(services) == 0
    ringing.commit()
    assert count_bells(services) == 1


def test_nothing_rings_for_what_was_rolled_back(ringing: Session, services: Any) -> None:
    enqueue(ringing)
    ringing.rollback()
    ringing.commit()
    assert count_bells(services) == 0


def test_a_savepoint_that_is_rolled_back_leaves_the_bells_before_it(
    ringing: Session, services: Any
) -> None:
    enqueue(ringing)
    savepoint = ringing.begin_nested()
    savepoint.rollback()
    ringing.commit()
    assert count_bells(services) == 1


def test_one_transaction_rings_no_more_often_than_there_are_threads(
    ringing: Session, services: Any
) -> None:
    for _ in range(70):
        make_job(ringing)
        bell.want_ring(ringing, "cpu")
    ringing.commit()
    assert count_bells(services) == 64


def test_watchers_are_told_which_job_changed(ringing: Session, redis: redis_library.Redis) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as watcher:
        watcher.subscribe(queue.ALL_JOBS_CHANNEL)
        watcher.get_message(timeout=1)
        job_id = enqueue(ringing)
        ringing.commit()
        heard = None
        while heard is None:
            heard = watcher.get_message(timeout=5)
        assert heard["data"] == str(job_id)


@pytest.mark.parametrize("address", ["unix:///nowhere/redis.sock", "redis://127.0.0.1:1/0"])
def test_a_redis_that_is_away_costs_a_warning_and_no_request(
    session: Session, address: str
) -> None:
    bell.attach(session, address)
    job_id = enqueue(session)
    session.commit()
    assert service.get(session, job_id).state == "queued"


def test_a_redis_that_is_away_is_said_by_whoever_needs_it() -> None:
    with pytest.raises(queue.RedisAway, match="does not answer"):
        queue.count_bells("unix:///nowhere/redis.sock", "cpu")
    with pytest.raises(queue.RedisAway):
        queue.ring("unix:///nowhere/redis.sock", "cpu")


def test_celery_has_its_own_spelling_of_a_socket() -> None:
    assert queue.broker_url("unix:///run/r.sock") == "redis+socket:///run/r.sock?virtual_host=0"
    assert queue.broker_url("redis://host:6379/1") == "redis://host:6379/1"
