"""Two transactions at the same time, on rows that are really committed."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import DomainError
from domain.jobs import claim, finish, order, service
from domain.jobs.claim import Claim
from domain.jobs.finish import AttemptEnd
from domain.jobs.rules import Ending
from tests.chaos.kinds import Fail, Sleep
from tests.workers.conftest import Bench
from workers import processes

END = AttemptEnd(ending=Ending.FINISHED)


def take(bench: Bench) -> Claim:
    found = bench.runtime._take(["cpu"])
    assert found is not None
    return found


def start(what: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    said: list[Any] = []

    def run() -> None:
        try:
            said.append(what())
        except DomainError as error:
            said.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, said


def test_a_child_that_is_enqueued_while_its_parent_ends_is_queued(bench: Bench) -> None:
    parent_id = bench.enqueue(Sleep())
    held = take(bench)
    with bench.runtime.unit_of_work() as session:
        finish.succeed(session, claim.hold(session, held), END, result={}, published={})
        session.flush()
        thread, said = start(lambda: bench.enqueue(Sleep(name="c"), parents={"a": parent_id}))
        thread.join(timeout=0.5)
        assert thread.is_alive(), "It waits for the parent's end."
    thread.join(timeout=5)
    assert bench.look(said[0]).state == "queued"


def test_two_parents_that_end_at_the_same_time_release_their_child_once(bench: Bench) -> None:
    parents = {"a": bench.enqueue(Sleep(name="a")), "b": bench.enqueue(Sleep(name="b"))}
    child_id = bench.enqueue(Sleep(name="child"), parents=parents)
    first, second = take(bench), take(bench)

    def succeed(held: Claim) -> None:
        with bench.runtime.unit_of_work() as session:
            finish.succeed(session, claim.hold(session, held), END, result={}, published={})

    with bench.runtime.unit_of_work() as session:
        finish.succeed(session, claim.hold(session, first), END, result={}, published={})
        session.flush()
        thread, _ = start(lambda: succeed(second))
        thread.join(timeout=0.5)
    thread.join(timeout=5)
    assert bench.look(child_id).state == "queued"
    assert bench.events(child_id) == ["message", "released", "queued"]


def test_a_row_that_is_being_claimed_is_passed_over(bench: Bench) -> None:
    first, second = bench.enqueue(Sleep(name="a")), bench.enqueue(Sleep(name="b"))
    with bench.runtime.unit_of_work() as session:
        mine = claim.take(session, ["cpu"], owner="me", lease_s=30)
        yours = take(bench)
    assert mine is not None
    assert (mine.job_id, yours.job_id) == (first, second)


def test_events_of_one_job_count_without_a_gap_whoever_writes(bench: Bench) -> None:
    job_id = bench.enqueue(Sleep())
    held = take(bench)

    def tell(writer: int) -> None:
        for done in range(20):
            progress = {"done": done, "writer": writer}
            bench.do(finish.note_progress, held, progress)

    writers = [start(lambda number=number: tell(number))[0] for number in range(4)]
    for writer in writers:
        writer.join(timeout=30)
    assert bench.events(job_id) == ["queued", "claimed"]
    assert bench.look(job_id).num_events == 82


def test_who_comes_late_to_a_takeover_is_told(bench: Bench) -> None:
    bench.enqueue(Sleep())
    old = take(bench)
    with bench.runtime.unit_of_work() as session:
        service.get_locked(session, old.job_id).fencing_token += 1
        thread, said = start(lambda: bench.do(finish.note_progress, old, {"done": 1}))
        thread.join(timeout=0.5)
        assert thread.is_alive()
    thread.join(timeout=5)
    assert "no longer holds the lease" in str(said[0])


def test_a_machine_that_cannot_start_processes_tries_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_words: object, **_options: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(processes, "start", refuse)
    job = bench.run(Fail(how="never reached"))
    assert (job.state, job.attempt) == ("lost", 2)
    assert job.error is not None
    assert "could not be started" in job.error["message"]


def test_an_unknown_job_holds_no_lease(bench: Bench) -> None:
    nobody = Claim(uuid.uuid4(), 1, "test.sleep", 1, 0)
    with bench.runtime.unit_of_work() as session, pytest.raises(DomainError, match="lease"):
        claim.hold(session, nobody)


def test_two_people_who_swap_two_jobs_do_not_block_each_other(bench: Bench) -> None:
    a, b = bench.enqueue(Sleep(name="a")), bench.enqueue(Sleep(name="b"))
    both_began = threading.Barrier(2)

    def move(job_id: uuid.UUID, before: uuid.UUID) -> bool:
        for _ in range(20):
            both_began.wait(timeout=10)
            bench.do(order.move, job_id, before=before)
        return True

    pairs = [start(lambda: move(a, b)), start(lambda: move(b, a))]
    for thread, _ in pairs:
        thread.join(timeout=20)
    assert [said for _, said in pairs] == [[True], [True]]
