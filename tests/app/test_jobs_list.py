import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs import events, queries
from domain.jobs.models import JobState
from domain.users.queries import list_audit_entries
from specs.kinds.dataset.dataset_import import DatasetImport
from tests.factories import make_job, make_user
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.mark.parametrize("address", ["/jobs", "/jobs/queue"])
def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, address: str) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"


@pytest.mark.parametrize("address", ["/jobs", "/jobs/queue", "/jobs/stream"])
def test_annotators_see_no_jobs(sign_in: SignIn, address: str) -> None:
    assert sign_in("annotator").get(address).status_code == 403


def test_an_empty_list_offers_a_first_job(sign_in: SignIn) -> None:
    page = sign_in().get("/jobs")
    assert page.status_code == 200
    assert "No jobs yet" in page.text
    assert "/jobs/new/system.check" in page.text


def test_the_list_shows_kind_state_who_attempt_and_place(sign_in: SignIn, session: Session) -> None:
    sari = make_user(session, name="Sari")
    make_job(session, created_by_id=sari.id)
    make_job(
        session,
        state=JobState.FAILED,
        spec=DatasetImport(name="Batik", source="x", licence="CC0"),
        error={"kind": "invalid", "message": "There is no folder x."},
    )
    text = sign_in().get("/jobs").text
    for word in ("Check this machine", "Sari", "0 / 3", "place 1", "Batik", "There is no folder x"):
        assert word in text


def test_a_running_job_shows_its_step_and_what_is_left(sign_in: SignIn, session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    job.started_at = job.created_at
    for done in (10, 40):
        values = {"done": done, "total": 100, "unit": "MB", "message": "writing", "metrics": {}}
        events.add(session, job, "progress", **values)
        job.progress = values
    session.flush()
    text = sign_in().get("/jobs").text
    assert "writing" in text
    assert "40 %" in text
    assert "left" in text


def test_the_list_filters_by_state_and_kind(sign_in: SignIn, session: Session) -> None:
    queued = make_job(session)
    failed = make_job(session, state=JobState.FAILED)
    client = sign_in()
    active = client.get("/jobs?state=active").text
    assert str(queued.id) in active
    assert str(failed.id) not in active
    none = client.get("/jobs?kind=dataset.import").text
    assert "No job matches" in none


def test_the_filter_answers_htmx_with_the_list_alone(sign_in: SignIn, session: Session) -> None:
    make_job(session)
    text = sign_in().get("/jobs?state=queued", headers={"HX-Request": "true"}).text
    assert text.strip().startswith('<div id="jobs-list"')
    assert 'sse-connect="/jobs/stream?state=queued&amp;kind="' in text
    assert "<html" not in text


def test_older_jobs_are_on_further_pages_which_are_not_live(
    sign_in: SignIn, session: Session
) -> None:
    oldest = make_job(session)
    for _ in range(50):
        make_job(session, state=JobState.SUCCEEDED)
    client = sign_in()
    first = client.get("/jobs").text
    assert str(oldest.id) not in first
    cursor = first.partition("cursor=")[2].partition('"')[0]
    second = client.get(f"/jobs?cursor={cursor}").text
    assert str(oldest.id) in second
    assert "sse-connect" not in second


@pytest.mark.parametrize("query", ["cursor=nonsense", "state=%00"])
def test_a_bad_address_is_no_accident(sign_in: SignIn, query: str) -> None:
    assert sign_in().get(f"/jobs?{query}").status_code in (200, 422)


def test_cancelling_from_the_list_returns_to_it(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    client = sign_in()
    answer = client.post(f"/jobs/{job.id}/cancel", data={"next": "/jobs"})
    assert answer.headers["location"] == "/jobs"
    session.refresh(job)
    assert job.state == JobState.CANCELLED


def test_the_queue_says_when_nothing_waits(sign_in: SignIn) -> None:
    assert "Nothing waits" in sign_in().get("/jobs/queue").text


def read_order(session: Session) -> list[uuid.UUID]:
    session.expire_all()
    return [job.id for job in queries.list_queue(session)]


def test_moving_up_and_down_changes_the_order(sign_in: SignIn, session: Session) -> None:
    one, two, three = (make_job(session, queue_position=place).id for place in (1.0, 2.0, 3.0))
    client = sign_in()
    answer = client.post(f"/jobs/{three}/move", data={"direction": "up"})
    assert answer.headers["location"] == "/jobs/queue"
    assert read_order(session) == [one, three, two]
    client.post(f"/jobs/{one}/move", data={"direction": "down"})
    assert read_order(session) == [three, one, two]
    client.post(f"/jobs/{one}/move", data={"direction": "down"})
    assert read_order(session) == [three, two, one]
    client.post(f"/jobs/{three}/move", data={"direction": "up"})
    client.post(f"/jobs/{one}/move", data={"direction": "down"})
    assert read_order(session) == [three, two, one]


def test_moving_down_past_another_priority_takes_it(sign_in: SignIn, session: Session) -> None:
    urgent = make_job(session, priority=10).id
    normal = make_job(session, priority=100).id
    low = make_job(session, priority=200).id
    client = sign_in()
    client.post(f"/jobs/{urgent}/move", data={"direction": "down"})
    assert read_order(session) == [normal, urgent, low]
    client.post(f"/jobs/{normal}/move", data={"direction": "up"})
    client.post(f"/jobs/{urgent}/move", data={"direction": "down"})
    assert read_order(session) == [normal, low, urgent]


def test_a_move_answers_htmx_with_the_queue(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    answer = sign_in().post(
        f"/jobs/{job.id}/move", data={"direction": "up"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert f'id="up-{job.id}"' in answer.text
    assert "<html" not in answer.text


def test_the_priority_changes_and_is_audited(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    client = sign_in()
    assert client.post(f"/jobs/{job.id}/priority", data={"priority": "10"}).status_code == 303
    session.refresh(job)
    assert job.priority == 10
    entry = list_audit_entries(session)[0]
    assert (entry.actor_id, entry.action) == (client.user.id, "job.set_priority")
    assert entry.subject_id == str(job.id)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("priority", {"priority": "-1"}),
        ("priority", {"priority": "soon"}),
        ("move", {"direction": "sideways"}),
        ("move", {}),
    ],
)
def test_bad_input_changes_nothing(
    sign_in: SignIn, session: Session, what: str, data: dict[str, str]
) -> None:
    job = make_job(session)
    assert sign_in().post(f"/jobs/{job.id}/{what}", data=data).status_code == 422
    session.refresh(job)
    assert job.priority == 100


def test_a_job_that_has_started_has_no_place(sign_in: SignIn, session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    answer = sign_in().post(f"/jobs/{job.id}/move", data={"direction": "up"})
    assert answer.status_code == 409
    assert "have not started" in answer.text
