"""Live pages. A test reads a stream to its end: streams end with their job, or after a while."""

import json
import re
import threading
from collections.abc import Callable, Iterator

import pytest
import redis as redis_library
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app import streams
from app.streams import Streams, TooManyStreams
from domain.jobs import events, finish, queue
from domain.jobs.finish import AttemptEnd
from domain.jobs.models import Job, JobState
from domain.jobs.rules import Ending
from tests.factories import make_job
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MAX_AGE_S", 1.0)
    monkeypatch.setattr(streams, "POLL_S", 0.1)
    monkeypatch.setattr(streams, "GATHER_S", 0.01)


def read(client: TestClient, address: str, **headers: str) -> list[dict[str, str]]:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        event: dict[str, str] = {}
        for line in block.splitlines():
            name, _, value = line.partition(": ")
            event[name] = f"{event[name]}\n{value}" if name in event else value
        if "event" in event:
            found.append(event)
    return found


def list_numbers(found: list[dict[str, str]]) -> list[int]:
    return [int(event["id"]) for event in found if event["event"] == "happened"]


def succeed(session: Session, job: Job, result: dict[str, str]) -> None:
    finish.succeed(session, job, AttemptEnd(ending=Ending.FINISHED), result=result, published={})
    session.flush()


@pytest.fixture
def ended(session: Session) -> Job:
    job = make_job(session, state=JobState.RUNNING)
    for done in range(5):
        events.add(session, job, "progress", done=done, total=5)
    succeed(session, job, {"device": "cpu"})
    return job


def test_strangers_and_annotators_follow_nothing(
    client: TestClient, sign_in: SignIn, ended: Job
) -> None:
    address = f"/jobs/{ended.id}/stream"
    assert client.get(address, headers={"Accept": "text/event-stream"}).status_code == 401
    assert sign_in("annotator").get(address).status_code == 403


def test_a_job_that_is_not_there_has_no_stream(sign_in: SignIn) -> None:
    assert sign_in().get("/jobs/01a00000-0000-7000-8000-000000000000/stream").status_code == 404


def test_a_stream_tells_every_event_then_the_page_then_that_it_ended(
    sign_in: SignIn, ended: Job
) -> None:
    found = read(sign_in(), f"/jobs/{ended.id}/stream")
    assert list_numbers(found) == list(range(1, ended.num_events + 1))
    last = json.loads(found[ended.num_events - 1]["data"])
    assert (last["number"], last["kind"]) == (ended.num_events, "succeeded")
    parts = {event["event"]: event["data"] for event in found if event["event"] != "happened"}
    assert "Succeeded" in parts["live"]
    assert "cpu" in parts["outcome"]
    assert found[-1]["event"] == "ended"


def test_who_comes_back_gets_what_came_after(sign_in: SignIn, ended: Job) -> None:
    found = read(sign_in(), f"/jobs/{ended.id}/stream?after=1", **{"Last-Event-ID": "4"})
    assert list_numbers(found) == list(range(5, ended.num_events + 1))
    assert "live" in {event["event"] for event in found}


@pytest.mark.parametrize("given", ["", "-1", "x", "²"])
def test_a_strange_last_id_counts_for_nothing(sign_in: SignIn, ended: Job, given: str) -> None:
    headers = {"Last-Event-ID": given.encode()} if given else {}
    client = sign_in()
    answer = client.get(f"/jobs/{ended.id}/stream?after=6", headers=headers)  # type: ignore[arg-type]  # bytes, as on the wire
    assert re.findall(r"^id: (\d+)$", answer.text, re.MULTILINE) == ["7"]


def test_a_running_job_is_followed_until_it_ends(
    sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look finds what happened after the first."""
    monkeypatch.setattr(streams, "MAX_AGE_S", 20.0)
    job = make_job(session, state=JobState.RUNNING)
    looks = count_looks(monkeypatch, lambda: end(session, job), at=2)
    found = read(sign_in(), f"/jobs/{job.id}/stream")
    assert found[-1] == {"event": "ended", "data": "succeeded"}
    assert list_numbers(found) == [1, 2]
    assert next(looks) >= 2


def end(session: Session, job: Job) -> None:
    session.refresh(job)
    succeed(session, job, {})
    session.commit()


def count_looks(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], *, at: int
) -> Iterator[int]:
    """Do something when the stream waits for the so-many'th time."""
    seen = [0]
    original = streams._Hints.wait

    async def wait(hints: streams._Hints) -> None:
        seen[0] += 1
        if seen[0] == at:
            act()
        await original(hints)

    monkeypatch.setattr(streams._Hints, "wait", wait)
    return iter(lambda: seen[0], -1)


def test_a_stream_works_while_redis_is_down(
    app: FastAPI, sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.state.streams = Streams("redis://127.0.0.1:1")
    monkeypatch.setattr(streams, "MAX_AGE_S", 20.0)
    job = make_job(session, state=JobState.RUNNING)
    count_looks(monkeypatch, lambda: end(session, job), at=2)
    assert read(sign_in(), f"/jobs/{job.id}/stream")[-1]["event"] == "ended"


def test_redis_wakes_a_stream_before_it_would_look(
    sign_in: SignIn,
    session: Session,
    redis: redis_library.Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streams, "MAX_AGE_S", 60.0)
    monkeypatch.setattr(streams, "POLL_S", 50.0)
    job = make_job(session, state=JobState.RUNNING)

    def act() -> None:
        end(session, job)
        redis.publish(queue.job_channel(job.id), str(job.id))

    timer = threading.Timer(0, act)
    count_looks(monkeypatch, timer.start, at=2)
    # The first wait hears that the subscription stands.
    redis.publish(queue.job_channel(job.id), "x")
    found = read(sign_in(), f"/jobs/{job.id}/stream")
    assert found[-1]["event"] == "ended"


def test_nothing_new_is_not_sent_again(sign_in: SignIn, session: Session) -> None:
    job = make_job(session)
    found = read(sign_in(), f"/jobs/{job.id}/stream?after=1")
    names = [event["event"] for event in found]
    assert len(names) == len(set(names))


def test_the_list_sends_a_row_when_one_changes(
    sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_AGE_S", 2.0)
    job = make_job(session, state=JobState.RUNNING)
    make_job(session)
    count_looks(monkeypatch, lambda: end(session, job), at=2)
    found = read(sign_in(), "/jobs/stream?state=&kind=")
    assert [event["event"] for event in found] == ["rows", f"job-{job.id}"]
    assert found[1]["data"].strip().startswith(f'<tr id="job-{job.id}"')


@pytest.mark.parametrize("address", ["/jobs/queue/stream", "/home/stream"])
def test_the_other_live_pages_send_their_parts_once(
    sign_in: SignIn, session: Session, address: str
) -> None:
    make_job(session)
    names = [event["event"] for event in read(sign_in(), address)]
    assert (
        names
        == {"/jobs/queue/stream": ["queues"], "/home/stream": ["attention", "activity"]}[address]
    )


def test_a_stream_that_ended_is_no_longer_counted(
    app: FastAPI, sign_in: SignIn, ended: Job
) -> None:
    client = sign_in()
    for _ in range(streams.MAX_PER_PERSON + 2):
        read(client, f"/jobs/{ended.id}/stream")
    assert app.state.streams.count() == 0


def test_one_person_has_only_so_many_streams(app: FastAPI, sign_in: SignIn, ended: Job) -> None:
    client = sign_in()
    app.state.streams._num_open[client.user.id] = streams.MAX_PER_PERSON
    answer = client.get(f"/jobs/{ended.id}/stream")
    assert answer.status_code == TooManyStreams.status
    assert answer.headers["retry-after"]
    assert sign_in().get(f"/jobs/{ended.id}/stream").status_code == 200
