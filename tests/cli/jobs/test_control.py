import datetime as dt
import uuid

import pytest
import redis as redis_library

from domain import clock
from domain.jobs.models import JobState
from domain.users import queries as users
from tests.cli.conftest import Terminal
from tests.factories import make_job


def make(terminal: Terminal, **values: object) -> str:
    with terminal.database() as session:
        return str(make_job(session, **values).id)


def audited(terminal: Terminal) -> list[str]:
    with terminal.database() as session:
        return [entry.action for entry in users.list_audit_entries(session)]


def test_a_queued_job_is_cancelled_at_once(terminal: Terminal) -> None:
    job_id = make(terminal)
    assert terminal.run("jobs", "cancel", job_id).stdout == f"Job {job_id} is cancelled.\n"
    assert terminal.read("jobs", "show", job_id)["state"] == "cancelled"
    assert terminal.refuse("jobs", "cancel", job_id)[0] == 1
    assert audited(terminal) == ["job.cancel"]


def test_a_running_job_is_asked_to_stop(terminal: Terminal) -> None:
    job_id = make(terminal, state=JobState.RUNNING)
    assert "was asked to stop" in terminal.run("jobs", "cancel", job_id).stdout
    asked = terminal.read("jobs", "cancel", job_id)
    assert asked["state"] == "running"
    assert asked["cancel_requested_at"] is not None


def test_a_job_whose_worker_is_silent_is_marked_as_stopped(terminal: Terminal) -> None:
    job_id = make(terminal, state=JobState.RUNNING)
    assert terminal.refuse("jobs", "mark-stopped", job_id)[0] == 1
    asked_at = clock.now() - dt.timedelta(minutes=1)
    silent = make(terminal, state=JobState.RUNNING, cancel_requested_at=asked_at)
    assert terminal.read("jobs", "mark-stopped", silent)["state"] == "cancelled"


@pytest.mark.parametrize("verb", ["retry", "resume"])
def test_a_failed_job_runs_again_and_is_rung_for(
    terminal: Terminal, redis: redis_library.Redis, verb: str
) -> None:
    job_id = make(terminal, state=JobState.FAILED)
    assert terminal.read("jobs", verb, job_id)["state"] == "queued"
    assert redis.llen("cpu") == 1
    assert audited(terminal) == [f"job.{verb}"]
    code, sentence = terminal.refuse("jobs", verb, job_id)
    assert (code, "is queued" in sentence) == (1, True)


def test_a_clone_is_like_the_first_but_for_the_changes(terminal: Terminal) -> None:
    job_id = make(terminal, state=JobState.SUCCEEDED)
    same = terminal.read("jobs", "clone", job_id)
    assert (same["cloned_from_id"], same["state"]) == (job_id, "queued")
    words = ("--set", "disk_mb=7", "--set", "multiply-size=128")
    changed = terminal.read("jobs", "clone", job_id, *words)
    assert changed["spec"] == {"disk_mb": 7, "multiply_size": 128, "repeats": 5}


@pytest.mark.parametrize("change", ["disk_mb", "colour=red", "disk_mb=0", "disk_mb=much"])
def test_a_wrong_change_makes_no_clone(terminal: Terminal, change: str) -> None:
    job_id = make(terminal, state=JobState.SUCCEEDED)
    assert terminal.refuse("jobs", "clone", job_id, "--set", change, "--json")[0] == 2
    assert len(terminal.read("jobs", "list")["items"]) == 1


def test_the_order_of_the_queue_is_changed(terminal: Terminal) -> None:
    first, second, third = (make(terminal, queue_position=float(place)) for place in (1, 2, 3))

    def order() -> list[str]:
        return [job["id"] for job in terminal.read("jobs", "queue")["items"]]

    terminal.read("jobs", "priority", third, 1)
    assert order() == [third, first, second]
    terminal.read("jobs", "move", second, "--before", third)
    assert order() == [second, third, first]
    terminal.read("jobs", "move", second, "--last")
    assert order() == [third, second, first]
    assert audited(terminal) == ["job.move", "job.move", "job.set_priority"]


def test_bad_wishes_end_with_2_and_impossible_ones_with_1(terminal: Terminal) -> None:
    done = make(terminal, state=JobState.SUCCEEDED)
    for wish in (("move", done), ("move", done, "--last", "--before", done), ("priority", done)):
        assert terminal.refuse("jobs", *wish)[0] == 2
    assert terminal.refuse("jobs", "priority", done, 2000)[0] == 2
    for verb in ("cancel", "mark-stopped", "retry", "resume"):
        assert terminal.refuse("jobs", verb, done)[0] == 1
        assert terminal.refuse("jobs", verb, uuid.uuid4())[0] == 1
        assert terminal.refuse("jobs", verb, "latest")[0] == 2
    assert terminal.refuse("jobs", "priority", done, 5)[0] == 1
    assert terminal.refuse("jobs", "move", done, "--last")[0] == 1
