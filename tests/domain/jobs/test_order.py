import pytest
from sqlalchemy.orm import Session

from domain.jobs import errors, order, queries
from domain.jobs.models import Job, JobState
from tests.factories import make_job


def in_order(session: Session) -> list[Job]:
    return list(queries.list_queue(session, "cpu"))


def test_lower_priority_numbers_run_first_then_the_order_of_arrival(session: Session) -> None:
    late = make_job(session, priority=200)
    first, second = make_job(session), make_job(session)
    urgent = make_job(session)
    order.set_priority(session, urgent.id, 1)
    assert in_order(session) == [urgent, first, second, late]


def test_a_job_moves_before_another_and_takes_its_priority(session: Session) -> None:
    a, b, c = make_job(session), make_job(session), make_job(session)
    low = make_job(session, priority=300)
    order.move(session, low.id, before=b.id)
    assert in_order(session) == [a, low, b, c]
    assert low.priority == 100


def test_a_job_moves_to_the_front_and_to_the_end(session: Session) -> None:
    a, b, c = make_job(session), make_job(session), make_job(session)
    order.move(session, c.id, before=a.id)
    assert in_order(session) == [c, a, b]
    order.move(session, c.id, before=None)
    assert in_order(session) == [a, b, c]


def test_watchers_are_told_of_a_move(session: Session) -> None:
    a, b = make_job(session), make_job(session)
    for moved, before in ((b, a.id), (b, None)):
        session.info.clear()
        order.move(session, moved.id, before=before)
        assert moved.id in session.info["jobs.bell"].job_ids


def test_jobs_can_change_places_as_often_as_somebody_likes(session: Session) -> None:
    a, b, c = make_job(session), make_job(session), make_job(session)
    for _ in range(70):
        order.move(session, c.id, before=b.id)
        assert in_order(session) == [a, c, b]
        order.move(session, b.id, before=c.id)
        assert in_order(session) == [a, b, c]
    newcomer = make_job(session)
    assert in_order(session)[-1] is newcomer


def test_jobs_at_the_same_position_can_be_told_apart(session: Session) -> None:
    a, b, c = (make_job(session, queue_position=5.0) for _ in range(3))
    order.move(session, c.id, before=b.id)
    assert in_order(session) == [a, c, b]


def test_a_job_stays_where_it_is_when_moved_before_itself(session: Session) -> None:
    a, b = make_job(session), make_job(session)
    order.move(session, b.id, before=b.id)
    assert in_order(session) == [a, b]


def test_started_jobs_have_no_place_and_queues_do_not_mix(session: Session) -> None:
    waiting = make_job(session)
    with pytest.raises(errors.JobNotPending):
        order.set_priority(session, make_job(session, state=JobState.RUNNING).id, 1)
    with pytest.raises(errors.JobNotPending):
        order.move(session, waiting.id, before=make_job(session, state=JobState.FAILED).id)
    with pytest.raises(errors.DifferentQueues, match="'gpu'"):
        order.move(session, waiting.id, before=make_job(session, queue="gpu").id)
