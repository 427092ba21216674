import uuid

from domain.jobs.models import JobState
from specs.kinds.system.system_check import SystemCheck
from tests.cli.conftest import Terminal
from tests.factories import make_dataset, make_job


def test_jobs_are_listed_newest_first_by_state_and_kind(terminal: Terminal) -> None:
    with terminal.database() as session:
        old = str(make_job(session, state=JobState.FAILED).id)
        new = str(make_job(session).id)
        make_dataset(session)

    def ids(*words: object) -> list[str]:
        return [job["id"] for job in terminal.read("jobs", "list", *words)["items"]]

    assert ids("--kind", "system.check") == [new, old]
    assert ids("--state", "failed", "--state", "queued") == [new, old]
    assert ids("--state", "failed") == [old]
    assert ids("--limit", 1, "--kind", "system.check") == [new]
    assert ids("--before", new, "--kind", "system.check") == [old]
    assert terminal.refuse("jobs", "list", "--state", "tired")[0] == 2


def test_the_list_says_how_far_each_one_is(terminal: Terminal) -> None:
    with terminal.database() as session:
        progress = {"done": 12, "total": 64, "unit": "MB", "message": "writing"}
        make_job(session, state=JobState.RUNNING, progress=progress)
        make_job(session, state=JobState.FAILED, error={"kind": "x", "message": "No room."})
    header, failed, running = terminal.run("jobs", "list").stdout.splitlines()
    assert header.endswith("LAST WORD")
    assert failed.endswith("No room.")
    assert running.endswith("12 / 64 MB: writing")


def test_the_queue_is_in_the_order_of_starting(terminal: Terminal) -> None:
    with terminal.database() as session:
        late = make_job(session, queue_position=2.0)
        early = make_job(session, queue_position=1.0)
        urgent = make_job(session, queue_position=3.0, priority=1)
        make_job(session, state=JobState.RUNNING)
        wanted = [str(job.id) for job in (urgent, early, late)]
    assert [job["id"] for job in terminal.read("jobs", "queue")["items"]] == wanted
    assert terminal.read("jobs", "queue", "--name", "gpu") == {"items": []}


def test_a_job_is_shown_with_its_family_and_events(terminal: Terminal) -> None:
    with terminal.database() as session:
        parent = make_job(session, spec=SystemCheck(disk_mb=7))
        child = make_job(session, state=JobState.WAITING, parents={"before": parent.id})
        parent_id, child_id = str(parent.id), str(child.id)
    shown = terminal.read("jobs", "show", parent_id)
    assert (shown["spec"]["disk_mb"], shown["children"]) == (7, [child_id])
    assert [event["number"] for event in shown["events"]] == [1]
    assert terminal.read("jobs", "show", child_id)["parents"] == [parent_id]
    text = terminal.run("jobs", "show", parent_id).stdout
    assert '"disk_mb": 7' in text
    assert "queued" in text.splitlines()[-1]


def test_what_is_not_there_is_not_shown(terminal: Terminal) -> None:
    nobody = uuid.uuid4()
    assert terminal.refuse("jobs", "show", nobody) == (1, f"There is no job {nobody}.")
    assert terminal.refuse("jobs", "show", "first")[0] == 2
