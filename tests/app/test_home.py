import re
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.home import pages
from domain import clock
from domain.jobs.models import JobState, WorkerPulse
from domain.ratings import enrolment
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.users.models import User
from tests.factories import make_dataset, make_job, make_user
from tests.studies import make_rater, make_study
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


def make_worker(session: Session, **changes: object) -> WorkerPulse:
    values = {
        "owner": "lab-1/1/worker",
        "queues": ["cpu"],
        "host": "lab-1",
        "pid": 1,
        "device": {"name": "Drum kit", "memory_bytes": 16e9, "memory_used_bytes": 4e9},
        "seen_at": clock.now(),
    }
    pulse = WorkerPulse(**values | changes)
    session.add(pulse)
    session.flush()
    return pulse


def find_primary(text: str) -> list[str]:
    """Where the primary buttons of a page lead."""
    buttons = re.findall(r"<a[^>]*button-primary[^>]*>", text)
    return [re.findall(r'href="([^"]*)"', button)[0] for button in buttons]


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/sign-in"


def test_annotators_have_a_calm_home_of_their_own(sign_in: SignIn) -> None:
    client = sign_in("annotator")
    text = client.get("/").text
    assert "No study waits for you yet" in text
    assert "Workers" not in text
    assert "sse-connect" not in text
    assert client.get("/home/stream").status_code == 403


def test_a_rater_s_home_has_their_studies_and_none_that_was_archived(
    sign_in: SignIn, session: Session, settings: Settings
) -> None:
    rater = make_rater(session, make_study(session, settings))
    user = session.get_one(User, rater.user_id)
    over = make_study(session, settings)
    enrolment.enrol(session, over, user)
    client = sign_in(user=user)
    assert client.get("/").text.count("/rate/") == 2
    shelf.archive(session, over, actor=None)
    text = client.get("/").text

    assert f"/rate/{rater.study_id}" in text
    assert str(over.id) not in text
    assert "Your progress" in text


def test_an_empty_home_says_what_to_do_next_in_order(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    text = client.get("/").text
    places = [
        text.index(word) for word in ("Check this machine", "Import pictures", "Invite people")
    ]
    assert places == sorted(places)
    assert find_primary(text) == ["/jobs/new/system.check"]
    make_job(session, state=JobState.SUCCEEDED)
    assert find_primary(client.get("/").text) == ["/datasets/import"]
    make_dataset(session)
    assert find_primary(client.get("/").text) == ["/people/new"]
    make_user(session)
    text = client.get("/").text
    assert "First steps" not in text
    assert find_primary(text) == []


def test_researchers_are_not_told_to_invite(sign_in: SignIn) -> None:
    assert "Invite people" not in sign_in("researcher").get("/").text


def test_home_shows_what_runs_who_works_and_what_is_new(sign_in: SignIn, session: Session) -> None:
    make_worker(session)
    make_job(
        session, state=JobState.RUNNING, progress={"done": 1, "total": 4, "message": "drawing"}
    )
    make_job(session)
    make_dataset(session, name="Batik of the coast", num_items=12_345)
    text = sign_in().get("/").text
    for said in ("Drum kit", "16 GB", "cpu (1 waiting)", "drawing", "25 %"):
        assert said in text, said
    for said in ("1 job is queued", "Batik of the coast", "12,345"):
        assert said in text, said


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.LOST, JobState.BLOCKED])
def test_home_names_jobs_that_need_somebody(
    sign_in: SignIn, session: Session, state: JobState
) -> None:
    job = make_job(session, state=state)
    text = sign_in().get("/").text
    assert "Needs attention" in text
    assert f"/jobs/{job.id}" in text


def test_home_warns_when_nobody_works(sign_in: SignIn, session: Session) -> None:
    client = sign_in()
    assert "No worker is running" in client.get("/").text
    make_worker(session)
    make_job(session, queue="gpu")
    text = client.get("/").text
    assert "No worker is running" not in text
    assert "No worker serves the queue gpu" in text


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://192.168.1.5:8000", False),
        ("https://ggez.example.org", False),
    ],
)
def test_an_address_that_phones_cannot_reach_is_known(url: str, *, is_loopback: bool) -> None:
    assert pages.is_loopback(url) is is_loopback
