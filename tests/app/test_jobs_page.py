import datetime as dt
import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.jobs import charts, pages, rows
from domain import clock
from domain.jobs import events
from domain.jobs.models import Job, JobState
from domain.users.queries import list_audit_entries
from specs.kinds.dataset.dataset_import import DatasetImport
from tests.factories import make_job, make_user
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
HTMX = {"HX-Request": "true"}


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient, session: Session) -> None:
    job = make_job(session)
    assert client.get(f"/jobs/{job.id}").headers["location"] == f"/sign-in?next=/jobs/{job.id}"


def test_annotators_see_no_job(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    client = sign_in("annotator")
    assert client.get(f"/jobs/{job.id}").status_code == 403
    assert client.post(f"/jobs/{job.id}/cancel").status_code == 403
    session.refresh(job)
    assert job.state == JobState.QUEUED


@pytest.mark.parametrize("job_id", [uuid.UUID(int=7), "nonsense"])
def test_a_job_that_is_not_there_is_not_found(sign_in: SignIn, job_id: object) -> None:
    assert sign_in().get(f"/jobs/{job_id}").status_code == 404


def run_some(session: Session, job: Job) -> None:
    """An attempt that was lost, and one that goes on and measures."""
    job.started_at = clock.now()
    events.add(session, job, "claimed", owner="lab-1", attempt=1, token=1)
    events.add(session, job, "lost", owner="lab-1", attempt=1)
    events.add(session, job, "claimed", owner="lab-2", attempt=2, token=2)
    for done in (1, 2, 3):
        job.progress = {
            "done": done,
            "total": 10,
            "unit": "steps",
            "message": "multiplying",
            "metrics": {"gigaflops": 10.0 + done, "broken": None},
        }
        events.add(session, job, "progress", **job.progress)
    session.flush()


def test_a_running_job_shows_all_about_itself(
    sign_in: SignIn, session: Session, tmp_path: Path
) -> None:
    log = tmp_path / "1.log"
    log.write_bytes(b"begin\n  0%|  |\r 50%|= |\r100%|==|\n\x1b[31mred <b>\x1b[0m\n")
    parent = make_job(session, state=JobState.SUCCEEDED)
    job = make_job(
        session,
        state=JobState.RUNNING,
        attempt=2,
        parents={"data": parent.id},
        created_by_id=make_user(session, name="Sari").id,
        inputs={"data": "e" * 64},
        environment={"python": "3.11.9", "packages": {"torch": "2.13.0"}},
        log_uri=log.as_uri(),
    )
    child = make_job(session, state=JobState.WAITING, parents={"check": job.id})
    run_some(session, job)
    text = sign_in().get(f"/jobs/{job.id}").text
    for said in (
        *("multiplying", "3 / 10", "2 / 3", "Sari", "Disk test size (MB)", "disk_mb: 64"),
        *("ggez jobs run system.check --spec job.yaml", job.spec_hash[:12], "eeeeeeeeeeee"),
        *("3.11.9", "torch", "2.13.0", "gigaflops", "lab-1", "lab-2", "100%|==|"),
        *("red &lt;b&gt;", str(parent.id), str(child.id)),
    ):
        assert said in text, said
    assert " 50%|" not in text
    assert "\x1b" not in text
    assert f'sse-connect="/jobs/{job.id}/stream?after={job.num_events}"' in text


def test_an_ended_job_is_not_live(sign_in: SignIn, session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED, result={"device": "cpu", "more": {"a": 1}})
    text = sign_in().get(f"/jobs/{job.id}").text
    assert "sse-connect" not in text
    assert re.search(r"<dt>device</dt>\s*<dd[^>]*>\s*cpu", text)
    assert "a: 1" in text


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("invalid", "Clone it, change that"),
        ("out_of_memory", "a smaller setting"),
        ("lost", "Resume goes on"),
        ("crashed", "end of the log"),
    ],
)
def test_an_error_is_a_sentence_and_what_to_do(
    sign_in: SignIn, session: Session, kind: str, advice: str
) -> None:
    error = {"kind": kind, "message": "It went wrong because of <x>."}
    job = make_job(session, state=JobState.FAILED, error=error)
    text = sign_in().get(f"/jobs/{job.id}").text
    assert "It went wrong because of &lt;x&gt;." in text
    assert advice in text


def test_a_kind_that_is_no_longer_known_still_has_a_page(sign_in: SignIn, session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED, kind="old.kind", spec_hash="0" * 64)
    assert "old.kind" in sign_in().get(f"/jobs/{job.id}").text


def test_cancelling_a_running_job_says_when_it_is_forced(sign_in: SignIn, session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    client = sign_in()
    part = client.post(f"/jobs/{job.id}/cancel", headers=HTMX)
    assert part.status_code == 200
    assert part.text.strip().startswith('<div id="job"')
    assert "Asked to stop; it will be forced to" in part.text
    assert "was asked to stop" in part.headers["hx-trigger"]
    entry = list_audit_entries(session)[0]
    assert (entry.action, entry.actor_id) == ("job.cancel", client.user.id)


def test_a_job_whose_worker_is_silent_can_be_marked_as_stopped(
    sign_in: SignIn, session: Session
) -> None:
    long_ago = clock.now() - dt.timedelta(minutes=1)
    job = make_job(session, state=JobState.RUNNING, cancel_requested_at=long_ago)
    client = sign_in()
    text = client.get(f"/jobs/{job.id}").text
    assert "does not answer" in text
    assert "Mark as stopped" in text
    assert client.post(f"/jobs/{job.id}/mark-stopped").status_code == 303
    session.refresh(job)
    assert job.state == JobState.CANCELLED


@pytest.mark.parametrize("verb", ["retry", "resume"])
def test_a_failed_job_runs_again(sign_in: SignIn, session: Session, verb: str) -> None:
    job = make_job(session, state=JobState.FAILED, error={"kind": "lost", "message": "Gone."})
    answer = sign_in().post(f"/jobs/{job.id}/{verb}")
    assert answer.headers["location"] == f"/jobs/{job.id}"
    session.refresh(job)
    assert job.state == JobState.QUEUED
    assert list_audit_entries(session)[0].action == f"job.{verb}"


@pytest.mark.parametrize("verb", ["cancel", "retry", "resume", "mark-stopped"])
def test_what_the_state_does_not_allow_is_refused_in_a_sentence(
    sign_in: SignIn, session: Session, verb: str
) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    client = sign_in()
    page = client.post(f"/jobs/{job.id}/{verb}")
    assert page.status_code == 409
    assert "That cannot be done now" in page.text
    part = client.post(f"/jobs/{job.id}/{verb}", headers=HTMX)
    assert part.status_code == 422
    assert part.text.strip().startswith('<div id="job"')
    assert not list_audit_entries(session)


def test_an_act_needs_the_form_token(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    client = sign_in()
    client.headers["X-Form-Token"] = "somebody else's"
    assert client.post(f"/jobs/{job.id}/cancel").status_code == 403
    session.refresh(job)
    assert job.state == JobState.QUEUED


def test_after_an_act_no_foreign_address_is_visited(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    answer = sign_in().post(f"/jobs/{job.id}/cancel", data={"next": "//evil.example"})
    assert answer.headers["location"] == "/"


def test_the_log_can_be_downloaded_whole(sign_in: SignIn, session: Session, tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_bytes(b"line\n" * 50_000)
    job = make_job(session, state=JobState.SUCCEEDED, log_uri=log.as_uri())
    answer = sign_in().get(f"/jobs/{job.id}/log")
    assert answer.content == log.read_bytes()
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert pages.read_log(job).count("\n") == 199


def test_lines_fit_their_drawing(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    run_some(session, job)
    reports = pages.queries.list_progress(session, job)
    (line,) = charts.draw_lines(reports)
    points = [tuple(map(float, point.split(","))) for point in line.points.split()]
    assert len(points) == 3
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= charts.HEIGHT for x, y in points)
    assert (line.lowest, line.highest, line.latest) == (11.0, 13.0, 13.0)


def test_long_histories_are_thinned_but_keep_both_ends(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    for done in range(1000):
        events.add(
            session, job, "progress", done=done, total=1000, metrics={"loss": 1 / (done + 1)}
        )
    session.flush()
    reports = pages.queries.list_progress(session, job, limit=100)
    assert 100 <= len(reports) <= 102
    assert (reports[0].data["done"], reports[-1].data["done"]) == (0, 999)
    assert len(charts.sample(reports).rows) <= 26


def test_what_earlier_attempts_did_is_no_pace_of_this_one(session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    job.started_at = clock.now() - dt.timedelta(seconds=10)
    first = events.add(session, job, "progress", done=900, total=1000)
    first.at = job.started_at
    job.progress = {"done": 950, "total": 1000}
    session.flush()
    pace = rows.make_rows(session, [job])[0].pace
    assert pace is not None
    assert pace.per_s == pytest.approx(5, rel=0.1)
    assert pace.remaining_s == pytest.approx(10, rel=0.1)


def test_the_page_of_a_reused_result_says_so(sign_in: SignIn, session: Session) -> None:
    spec = DatasetImport(name="Batik", source="x", licence="CC0")
    job = make_job(session, state=JobState.SUCCEEDED, spec=spec)
    text = sign_in().get(f"/jobs/{job.id}?reused=true").text
    assert "This was computed before" in text
    assert "Nothing new was started" in text
