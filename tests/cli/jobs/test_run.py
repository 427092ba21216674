import io
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis as redis_library

from cli.jobs import waiting
from domain.jobs import claim, finish, pulses
from domain.jobs import service as jobs
from domain.jobs.claim import Claim
from domain.jobs.finish import AttemptEnd
from domain.jobs.models import Job, JobState
from domain.jobs.rules import Ending
from domain.users import queries as users
from domain.users.models import AuditEntry
from tests.cli.conftest import Terminal
from tests.factories import make_dataset, make_job

RUN = ("jobs", "run", "system.check")


def succeed(terminal: Terminal, taken: Claim) -> None:
    with terminal.database() as session:
        finish.note_progress(session, taken, {"done": 1, "total": 2, "unit": "MB"})
    with terminal.database() as session:
        end = AttemptEnd(ending=Ending.FINISHED)
        job = claim.hold(session, taken)
        finish.succeed(session, job, end, result={"device": "cpu"}, published={})


def fail(terminal: Terminal, taken: Claim) -> None:
    with terminal.database() as session:
        end = AttemptEnd(ending=Ending.INVALID, message="The disk\nis full.")
        finish.conclude(session, taken, end)


@contextmanager
def worker(terminal: Terminal, work: Callable[[Terminal, Claim], None]) -> Iterator[None]:
    """Somebody else's worker: takes one job of the queue and does this with it."""
    with terminal.database() as session:
        pulses.note(session, owner="w:1", queues=["cpu"], host="here", pid=1, device={})

    def take_one() -> None:
        for _ in range(200):
            with terminal.database() as session:
                taken = claim.take(session, ["cpu"], owner="w:1", lease_s=30)
            if taken is not None:
                return work(terminal, taken)
            time.sleep(0.05)
        raise AssertionError("Nothing was queued.")

    thread = threading.Thread(target=take_one)
    thread.start()
    yield
    thread.join()


def test_a_job_is_queued_and_rung_for(terminal: Terminal, redis: redis_library.Redis) -> None:
    made = terminal.read(*RUN, "--disk-mb", 4, "--priority", 7)
    assert (made["state"], made["priority"], made["reused"]) == ("queued", 7, False)
    assert made["spec"] == {"disk_mb": 4, "multiply_size": 512, "repeats": 5}
    assert redis.llen("cpu") == 1
    with terminal.database() as session:
        entries = users.list_audit_entries(session)
        assert [(entry.action, entry.subject_id) for entry in entries] == [
            ("job.launch", made["id"])
        ]


def test_without_anything_running_it_says_when_it_will_run(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GGEZ_REDIS_URL")
    assert terminal.run(*RUN).stdout.endswith(" is queued; it runs at the next 'ggez up'.\n")


def test_without_redis_the_row_is_there_and_stdout_stays_json(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GGEZ_REDIS_URL", f"unix://{tmp_path}/nobody.sock")
    done = terminal.run(*RUN, "--json")
    assert done.exit_code == 0
    assert done.stdout.startswith("{")
    assert done.stdout.endswith("}\n")
    assert "bell.not_rung" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        '{"disk_mb": 4, "repeats": 2}',
        '{\n\t"kind": "system.check",\n\t"disk_mb": 4, "repeats": 2}',
        "disk_mb: 4\nrepeats: 2\n",
        "kind: system.check\ndisk_mb: 4\nrepeats: 2\n",
    ],
)
def test_the_specification_comes_from_a_file_and_options_on_top(
    terminal: Terminal, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "check.txt"
    file.write_text(text)
    wanted = {"disk_mb": 4, "multiply_size": 512, "repeats": 3}
    assert terminal.read(*RUN, "--spec", file, "--repeats", 3)["spec"] == wanted
    assert terminal.read(*RUN, "--spec", "-", "--repeats", 3, stdin=text)["spec"] == wanted


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "it holds no fields"),
        ("[1, 2]", "it holds no fields"),
        ("{a: [", "cannot be read"),
        ("!!python/object/apply:os.getcwd []", "cannot be read"),
        ("kind: dataset.import", "a job of kind 'dataset.import', not 'system.check'"),
        ("colour: red", "colour: Extra inputs are not permitted"),
        ("disk_mb: much", "disk_mb: Input should be a valid integer"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_wrong_specification_gets_a_sentence_and_makes_no_job(
    terminal: Terminal, text: str, part: str
) -> None:
    code, sentence = terminal.refuse(*RUN, "--spec", "-", "--json", stdin=text)
    assert code == 2
    assert part in sentence
    assert terminal.read("jobs", "list") == {"items": []}


def test_a_file_that_is_no_text_gets_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "check.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    assert terminal.refuse(*RUN, "--spec", file)[0] == 2
    assert terminal.refuse(*RUN, "--spec", tmp_path / "nothing.yaml")[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("jobs", "run", "system.dance"),
        (*RUN, "--disk-mb", "much"),
        (*RUN, "--disk-mb", 0),
        (*RUN, "--colour", "red"),
        (*RUN, "--priority", -1),
        ("jobs", "run", "dataset.import", "--name", "x"),
        ("jobs", "run", "dataset.import", "--format", "zip"),
    ],
)
def test_bad_input_ends_with_2(terminal: Terminal, words: tuple[object, ...]) -> None:
    assert terminal.refuse(*words)[0] == 2
    assert terminal.refuse(*words, "--json")[0] == 2


def test_an_import_that_cannot_work_is_refused_before_it_is_queued(terminal: Terminal) -> None:
    words = ("jobs", "run", "dataset.import", "--licence", "CC0-1.0")
    (terminal.settings.inbox / "good").mkdir(parents=True)
    assert terminal.refuse(*words, "--name", "New", "--source", "/etc")[0] == 2
    assert terminal.refuse(*words, "--name", "New", "--source", "missing")[0] in (1, 2)
    with terminal.database() as session:
        make_dataset(session, name="Taken")
    assert "Taken" in terminal.refuse(*words, "--name", "Taken", "--source", "good")[1]
    made = terminal.read(*words, "--name", "New", "--source", "good")
    assert (made["kind"], made["state"]) == ("dataset.import", "queued")


def test_what_was_computed_before_is_offered(terminal: Terminal) -> None:
    with terminal.database() as session:
        former = make_job(session, state=JobState.SUCCEEDED, result={"device": "cpu"}).id
    again = terminal.read(*RUN)
    assert (again["id"], again["reused"]) == (str(former), True)
    assert "--fresh computes again" in terminal.run(*RUN).stdout
    assert terminal.read(*RUN, "--fresh")["id"] != str(former)


def test_waiting_shows_how_it_goes_and_prints_the_result(terminal: Terminal) -> None:
    with worker(terminal, succeed):
        done = terminal.run(*RUN, "--wait")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "device  cpu"
    assert done.stderr.splitlines()[-1].endswith(" is succeeded.")


def test_waiting_as_json_prints_one_object(terminal: Terminal) -> None:
    with worker(terminal, succeed):
        found = terminal.read(*RUN, "--wait")
    assert (found["state"], found["result"]) == ("succeeded", {"device": "cpu"})
    kinds = [event["kind"] for event in found["events"]]
    assert kinds == ["queued", "claimed", "progress", "succeeded"]


def test_a_job_that_fails_ends_with_1_and_its_reason(terminal: Terminal) -> None:
    with worker(terminal, fail):
        done = terminal.run(*RUN, "--wait", "--json")
    assert done.exit_code == 1
    assert done.stdout.startswith("{")
    assert done.stderr.endswith(" has not succeeded, it is failed: The disk is full.\n")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_leaves_the_job_running_and_says_how_to_cancel(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(self: waiting.Watch) -> bool:
        signal.raise_signal(signal.SIGINT)
        return False

    monkeypatch.setattr(waiting.Watch, "look", interrupt)
    with terminal.database() as session:
        pulses.note(session, owner="w:1", queues=["cpu"], host="here", pid=1, device={})
    done = terminal.run(*RUN, "--wait", "--json")
    assert done.exit_code == 130
    (job,) = terminal.read("jobs", "list")["items"]
    assert job["state"] == "queued"
    assert f"'ggez jobs cancel {job['id']} --data " in done.stderr


def test_a_terminal_sees_one_line_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    bar = waiting._choose_screen(silent=True)
    bar.show(Job(id=uuid.uuid4(), state="running", progress={"done": 1, "total": 4, "unit": "MB"}))
    bar.close()
    assert "running  [######------------------]   25%  1 / 4 MB" in screen.getvalue()
    assert "\n" not in screen.getvalue()


def test_a_job_is_drawn_in_one_line() -> None:
    progress = {"done": 3, "total": None, "unit": "pictures", "message": "reading"}
    assert waiting.draw(Job(state="queued", progress={})) == "queued"
    assert waiting.draw(Job(state="running", progress=progress)) == "running  3 pictures: reading"


def test_a_job_without_a_worker_waits_and_says_so(terminal: Terminal) -> None:
    with terminal.database() as session:
        job_id = make_job(session).id
    with waiting.watching(terminal.settings, job_id, silent=False) as watch:
        assert not watch.is_served()
        assert not watch.look()
        with terminal.database() as session:
            jobs.request_cancel(session, job_id)
        assert watch.look()
        assert watch.describe()["state"] == "cancelled"


def test_the_audit_names_nobody(terminal: Terminal) -> None:
    terminal.read(*RUN)
    with terminal.database() as session:
        assert {entry.actor for entry in session.query(AuditEntry)} == {"system"}
