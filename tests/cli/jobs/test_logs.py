import signal
import threading
import time
from pathlib import Path

import pytest

from cli.jobs import logs
from domain.jobs import claim
from domain.jobs import service as jobs
from domain.jobs.models import JobState
from tests.cli.conftest import Terminal
from tests.factories import make_job


def test_the_log_is_printed_as_it_was_written(terminal: Terminal, tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_bytes("loading\n√ done\n".encode())
    with terminal.database() as session:
        job = make_job(session, state=JobState.SUCCEEDED, log_uri=log.as_uri())
        job_id = str(job.id)
    assert terminal.run("jobs", "logs", job_id).stdout == "loading\n√ done\n"
    assert terminal.run("jobs", "logs", job_id, "--follow").stdout == "loading\n√ done\n"
    found = terminal.read("jobs", "logs", job_id)
    assert found == {"id": job_id, "attempt": 1, "log": "loading\n√ done\n"}


def test_a_job_that_has_not_started_has_no_log(terminal: Terminal, tmp_path: Path) -> None:
    with terminal.database() as session:
        job_id = make_job(session).id
        gone = make_job(session, state=JobState.FAILED, log_uri=(tmp_path / "gone").as_uri()).id
    assert terminal.refuse("jobs", "logs", job_id)[0] == 1
    assert terminal.refuse("jobs", "logs", gone)[0] == 1
    assert terminal.read("jobs", "logs", job_id)["log"] == ""


def test_a_log_without_an_end_is_no_json(terminal: Terminal) -> None:
    with terminal.database() as session:
        job_id = make_job(session).id
    assert terminal.refuse("jobs", "logs", job_id, "--follow", "--json")[0] == 2


def test_a_log_is_followed_from_attempt_to_attempt(terminal: Terminal, tmp_path: Path) -> None:
    files = [tmp_path / "1.log", tmp_path / "2.log"]
    files[0].write_text("first\n")
    files[1].write_text("second\n")
    with terminal.database() as session:
        job = make_job(session, state=JobState.RUNNING, log_uri=files[0].as_uri())
        job.lease_expires_at = job.created_at
        job_id = job.id

    def go_on() -> None:
        time.sleep(0.7)
        with terminal.database() as session:
            claim.take(session, ["cpu"], owner="w:2", lease_s=30)
            jobs.get(session, job_id).log_uri = files[1].as_uri()
        time.sleep(0.7)
        with files[1].open("a") as file:
            file.write("end\n")
        with terminal.database() as session:
            taken = jobs.get_locked(session, job_id)
            taken.state, taken.lease_owner, taken.lease_expires_at = "failed", None, None

    thread = threading.Thread(target=go_on)
    thread.start()
    done = terminal.run("jobs", "logs", job_id, "--follow")
    thread.join()
    assert done.stdout == "first\nsecond\nend\n"


def test_ctrl_c_ends_the_following_and_nothing_else(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal.database() as session:
        job_id = make_job(session).id
    look = logs._Reader.look

    def interrupt(reader: logs._Reader) -> None:
        if reader.state:
            signal.raise_signal(signal.SIGINT)
        look(reader)

    monkeypatch.setattr(logs._Reader, "look", interrupt)
    done = terminal.run("jobs", "logs", job_id, "--follow")
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", "")
    assert terminal.read("jobs", "show", job_id)["state"] == "queued"
