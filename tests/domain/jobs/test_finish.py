import pytest
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.jobs import claim, errors, finish, queries, service
from domain.jobs.claim import Claim
from domain.jobs.finish import AttemptEnd
from domain.jobs.models import Job, JobState
from domain.jobs.rules import Ending
from specs.kinds.system.system_check import SystemCheck
from tests.factories import make_job


def start(session: Session, **changes: object) -> tuple[Job, Claim]:
    job = make_job(session, **changes)  # type: ignore[arg-type]  # overrides of one test
    held = claim.take(session, ["cpu"], owner="me", lease_s=30)
    assert held is not None
    assert held.job_id == job.id
    return job, held


def succeed(session: Session, job: Job, result: dict[str, object] | None = None) -> None:
    published = artifacts.record(
        session, kind="report", uri=f"file:///{job.id}", sha256="0" * 64, size_bytes=1
    )
    end = AttemptEnd(ending=Ending.FINISHED, environment={"python": "3.11"})
    finish.succeed(session, job, end, result=result or {}, published={"output": published})


def test_success_records_result_files_and_releases_the_children(session: Session) -> None:
    job, _ = start(session)
    child = make_job(session, state=JobState.WAITING, parents={"first": job.id})
    other = make_job(session)
    both = make_job(session, state=JobState.WAITING, parents={"a": job.id, "b": other.id})
    succeed(session, job, {"answer": 42})
    assert (job.state, job.result, job.lease_owner) == ("succeeded", {"answer": 42}, None)
    assert job.environment == {"python": "3.11"}
    assert list(queries.list_artifacts(session, job.id)) == ["output"]
    assert (child.state, both.state) == ("queued", "waiting")
    assert len(child.inputs["first"]) == 64
    kinds = [event.kind for event in queries.list_events(session, child.id)]
    assert kinds == ["queued", "released", "queued"]


def test_equal_results_of_parents_make_equal_work(session: Session) -> None:
    parent = make_job(session, state=JobState.SUCCEEDED, result={"answer": 42})
    again = make_job(session, state=JobState.SUCCEEDED, result={"answer": 42})
    spec = SystemCheck(repeats=2)
    first = service.enqueue(session, spec, created_by=None, parents={"a": parent.id})
    first.job.state = JobState.SUCCEEDED
    first.job.result = {}
    session.flush()
    second = service.enqueue(session, spec, created_by=None, parents={"a": again.id})
    assert second.reused


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (AttemptEnd(ending=Ending.INVALID, message="No."), "failed"),
        (AttemptEnd(ending=Ending.KILLED, message="Gone."), "queued"),
        (AttemptEnd(ending=Ending.STOPPED, is_shutting_down=True), "queued"),
    ],
)
def test_an_attempt_ends_as_the_rules_say(session: Session, end: AttemptEnd, state: str) -> None:
    job, held = start(session)
    finish.conclude(session, held, end)
    assert job.state == state
    numbers = [event.number for event in queries.list_events(session, job.id)]
    assert numbers == list(range(1, job.num_events + 1))


def test_a_shutdown_does_not_spend_the_attempt(session: Session) -> None:
    job, held = start(session)
    finish.conclude(session, held, AttemptEnd(ending=Ending.STOPPED, is_shutting_down=True))
    assert job.attempt == 0


def test_the_last_attempt_that_is_killed_is_lost_and_blocks_the_children(session: Session) -> None:
    job, held = start(session, max_attempts=1)
    child = make_job(session, state=JobState.WAITING, parents={"a": job.id})
    finish.conclude(session, held, AttemptEnd(ending=Ending.KILLED, message="Killed."))
    assert (job.state, child.state) == ("lost", "blocked")
    assert job.error is not None
    assert job.error["message"].startswith("Killed. Its process or its worker went away")


@pytest.mark.parametrize(("was_forced", "how"), [(True, "forced"), (False, "cooperative")])
def test_a_cancelled_job_says_whether_it_stopped_by_itself(
    session: Session, *, was_forced: bool, how: str
) -> None:
    job, held = start(session)
    service.request_cancel(session, job.id)
    finish.conclude(session, held, AttemptEnd(ending=Ending.KILLED, was_forced=was_forced))
    assert job.state == "cancelled"
    assert queries.list_events(session, job.id)[-1].data["how"] == how


def test_who_lost_the_lease_writes_nothing(session: Session) -> None:
    job, held = start(session)
    old = Claim(held.job_id, held.token - 1, held.kind, held.attempt, held.start)
    for write in (
        lambda: finish.note_progress(session, old, {"done": 1}),
        lambda: finish.note_signal(session, old, "killed"),
        lambda: finish.note_start(session, old, log_uri="file:///log"),
        lambda: finish.conclude(session, old, AttemptEnd(ending=Ending.INVALID)),
    ):
        with pytest.raises(errors.LeaseLost):
            write()
    assert (job.state, job.progress, job.log_uri) == ("running", {}, None)


def test_nothing_can_be_written_after_the_end(session: Session) -> None:
    job, held = start(session)
    succeed(session, job)
    with pytest.raises(errors.LeaseLost):
        finish.conclude(session, held, AttemptEnd(ending=Ending.CRASHED))


def test_progress_stands_in_the_row_and_in_an_event(session: Session) -> None:
    job, held = start(session)
    finish.note_progress(session, held, {"done": 3, "total": 9})
    assert job.progress == {"done": 3, "total": 9}
    assert queries.list_events(session, job.id, after=2)[0].data == {"done": 3, "total": 9}
