import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.errors import Invalid
from domain.jobs import errors, queries, service
from domain.jobs.models import Job, JobArtifact, JobState
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.system.system_check import SystemCheck
from tests.factories import make_job


def kinds_of_events(session: Session, job: Job) -> list[str]:
    found = queries.list_events(session, job.id)
    assert [each.number for each in found] == list(range(1, job.num_events + 1))
    return [each.kind for each in found]


def enqueue(session: Session, **changes: object) -> Job:
    return service.enqueue(session, SystemCheck(), created_by=None, **changes).job  # type: ignore[arg-type]  # overrides of one test


def test_enqueue_inserts_a_queued_row_with_its_first_event(session: Session) -> None:
    job = enqueue(session, priority=5, inputs={"file": "abc"})
    assert (job.state, job.priority, job.queue) == ("queued", 5, "cpu")
    assert job.spec == SystemCheck().to_json()
    assert job.queued_at is not None
    assert job.inputs == {"file": "abc"}
    assert kinds_of_events(session, job) == ["queued"]


def test_a_finished_result_is_offered_instead_of_computing_again(session: Session) -> None:
    done = make_job(session, state=JobState.SUCCEEDED, inputs={"file": "abc"})
    offered = service.enqueue(session, SystemCheck(), created_by=None, inputs={"file": "abc"})
    assert offered.reused
    assert offered.job.id == done.id


@pytest.mark.parametrize(
    "changes",
    [{"fresh": True}, {"inputs": {"file": "other"}}, {"inputs": {}}],
    ids=["asked to compute again", "other inputs", "no inputs"],
)
def test_other_work_is_computed(session: Session, changes: dict[str, object]) -> None:
    make_job(session, state=JobState.SUCCEEDED, inputs={"file": "abc"})
    given = {"inputs": {"file": "abc"}} | changes
    assert not service.enqueue(session, SystemCheck(), created_by=None, **given).reused  # type: ignore[arg-type]  # overrides of one test


def test_a_result_whose_files_were_given_up_is_not_offered(session: Session) -> None:
    done = make_job(session, state=JobState.SUCCEEDED)
    gone = Artifact(
        kind="report", uri="file:///gone", sha256="0" * 64, size_bytes=1, released_at=clock.now()
    )
    session.add(gone)
    session.flush()
    session.add(JobArtifact(job_id=done.id, artifact_id=gone.id, name="output", fencing_token=1))
    session.flush()
    assert not service.enqueue(session, SystemCheck(), created_by=None).reused


def test_a_failed_job_is_not_offered(session: Session) -> None:
    make_job(session, state=JobState.FAILED)
    assert not service.enqueue(session, SystemCheck(), created_by=None).reused


def test_a_child_waits_for_its_parents(session: Session) -> None:
    parent = make_job(session)
    child = enqueue(session, parents={"first": parent.id})
    assert child.state == "waiting"
    assert [each.id for each in queries.list_parents(session, child.id)] == [parent.id]
    assert [each.id for each in queries.list_children(session, parent.id)] == [child.id]


def test_a_child_of_a_finished_parent_is_queued_with_its_digest(session: Session) -> None:
    parent = make_job(session, state=JobState.SUCCEEDED, result={"answer": 42})
    child = enqueue(session, parents={"first": parent.id})
    assert child.state == "queued"
    assert len(child.inputs["first"]) == 64
    assert queries.get_parent_results(session, child.id) == {"first": {"answer": 42}}


def test_a_child_of_a_failed_parent_is_blocked(session: Session) -> None:
    parent = make_job(session, state=JobState.FAILED)
    assert enqueue(session, parents={"first": parent.id}).state == "blocked"


def test_a_parent_must_exist_and_have_one_name(session: Session) -> None:
    parent = make_job(session)
    with pytest.raises(errors.ParentNotFound, match="does not exist"):
        enqueue(session, parents={"first": uuid.uuid4()})
    with pytest.raises(errors.ParentNamedTwice):
        enqueue(session, parents={"a": parent.id, "b": parent.id})
    with pytest.raises(errors.InputNamedTwice):
        enqueue(session, parents={"a": parent.id}, inputs={"a": "digest"})


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.WAITING])
def test_a_job_that_has_not_started_is_cancelled_at_once(session: Session, state: str) -> None:
    job = make_job(session, state=state)
    service.request_cancel(session, job.id)
    assert job.state == "cancelled"
    assert job.finished_at is not None
    assert kinds_of_events(session, job) == ["queued", "cancelled"]


def test_a_running_job_is_asked_once(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    service.request_cancel(session, job.id)
    service.request_cancel(session, job.id)
    assert job.state == "running"
    assert job.cancel_requested_at is not None
    assert kinds_of_events(session, job) == ["queued", "cancel_requested"]


def test_cancelling_a_parent_blocks_its_descendants(session: Session) -> None:
    parent = make_job(session)
    child = enqueue(session, parents={"a": parent.id})
    grandchild = enqueue(session, parents={"a": child.id})
    service.request_cancel(session, parent.id)
    assert (child.state, grandchild.state) == ("blocked", "blocked")
    assert kinds_of_events(session, grandchild)[-1] == "blocked"


def test_a_finished_job_cannot_be_cancelled(session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    with pytest.raises(errors.JobAlreadyFinished, match="already ended"):
        service.request_cancel(session, job.id)


def test_a_job_whose_worker_does_not_answer_can_be_marked_as_stopped(session: Session) -> None:
    asked = clock.now() - dt.timedelta(minutes=1)
    job = make_job(session, state=JobState.RUNNING, cancel_requested_at=asked)
    service.mark_stopped(session, job.id)
    assert job.state == "cancelled"
    assert job.fencing_token == 2
    assert job.lease_expires_at is None
    assert queries.list_events(session, job.id)[-1].data == {"how": "marked as stopped"}


def test_a_job_nobody_asked_to_stop_cannot_be_marked_as_stopped(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    with pytest.raises(errors.NotAskedToStop):
        service.mark_stopped(session, job.id)


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.LOST, JobState.CANCELLED])
@pytest.mark.parametrize("verb", [service.retry, service.resume])
def test_what_ended_without_a_result_runs_again(
    session: Session, state: str, verb: Callable[[Session, uuid.UUID], Job]
) -> None:
    job = make_job(
        session,
        state=state,
        attempt=3,
        error={"kind": "crashed", "message": "x"},
        cancel_requested_at=clock.now(),
    )
    verb(session, job.id)
    assert job.state == "queued"
    assert job.max_attempts == 6
    assert job.error is None
    assert job.cancel_requested_at is None
    assert kinds_of_events(session, job) == ["queued", "retry", "queued"]


def test_retrying_a_parent_lets_its_descendants_wait_again(session: Session) -> None:
    parent = make_job(session)
    other = make_job(session, state=JobState.FAILED)
    child = enqueue(session, parents={"a": parent.id})
    grandchild = enqueue(session, parents={"a": child.id})
    stuck = enqueue(session, parents={"a": parent.id, "b": other.id})
    service.request_cancel(session, parent.id)
    service.retry(session, parent.id)
    assert (child.state, grandchild.state, stuck.state) == ("waiting", "waiting", "blocked")


def test_a_blocked_job_says_which_parent_to_retry(session: Session) -> None:
    parent = make_job(session, state=JobState.FAILED)
    child = enqueue(session, parents={"a": parent.id})
    with pytest.raises(errors.JobBlocked, match=str(parent.id)):
        service.retry(session, child.id)


def test_neither_a_running_nor_a_succeeded_job_runs_again(session: Session) -> None:
    with pytest.raises(errors.JobNotFinished):
        service.retry(session, make_job(session, state=JobState.RUNNING).id)
    with pytest.raises(errors.JobSucceeded, match="Clone it"):
        service.resume(session, make_job(session, state=JobState.SUCCEEDED).id)


def test_a_clone_has_the_changes_and_remembers_where_it_came_from(session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED, inputs={"file": "abc"}, priority=7)
    made = service.clone(session, job.id, created_by=None, changes={"repeats": 9})
    assert made.cloned_from_id == job.id
    assert made.spec["repeats"] == 9
    assert (made.state, made.priority, made.inputs) == ("queued", 7, {"file": "abc"})


def test_a_job_waits_in_the_queue_of_its_device_and_so_does_its_clone(session: Session) -> None:
    spec = DatasetFilter(name="Filtered", device="cuda")
    job = service.enqueue(session, spec, created_by=None).job
    assert job.queue == "gpu"
    made = service.clone(session, job.id, created_by=None, changes={"device": "cpu"})
    assert made.queue == "cpu"


def test_a_clone_stays_with_the_workers_that_were_chosen_for_it(session: Session) -> None:
    job = make_job(session, queue="gpu.a100")
    assert service.clone(session, job.id, created_by=None).queue == "gpu.a100"


def test_a_clone_without_changes_is_computed_again(session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    assert service.clone(session, job.id, created_by=None).id != job.id


def test_a_clone_refuses_changes_the_specification_does_not_allow(session: Session) -> None:
    job = make_job(session)
    with pytest.raises(Invalid, match="repeats") as caught:
        service.clone(session, job.id, created_by=None, changes={"repeats": 0})
    assert caught.value.field == "repeats"


def test_an_unknown_job_is_named(session: Session) -> None:
    unknown = uuid.uuid4()
    for verb in (service.get, service.retry, service.request_cancel, service.mark_stopped):
        with pytest.raises(errors.JobNotFound, match=str(unknown)):
            verb(session, unknown)
