"""kill -9 of `ggez up` while a job runs: everything ends with it, and the next `ggez up` finishes
the job, once.
"""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy.orm import Session

from domain.db import connect
from domain.jobs import queries, service
from domain.jobs.models import Job
from tests.chaos.kinds import Count

pytestmark = [pytest.mark.xdist_group("up"), pytest.mark.timeout(170)]


class Instance:
    def __init__(self, folder: Path) -> None:
        self.data = folder / "var"
        self.lines = folder / "lines"

    def run(self, command: str, *words: str) -> str:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GGEZ_")},
            "GGEZ_KIND_MODULES": "tests.chaos.register",
            "GGEZ_LEASE_S": "4",
            "GGEZ_HEARTBEAT_S": "1",
            "GGEZ_TEND_S": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", command, "--data", str(self.data), *words],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.run("status", "--json"))
        return said

    def in_session(self, what: Callable[[Session], Any]) -> Any:
        described = json.loads((self.data / "run" / "instance.json").read_text())
        engine = connect(described["database_url"], pool_size=1)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                return what(session)
        finally:
            engine.dispose()

    def look(self, job_id: uuid.UUID) -> Job:
        found: Job = self.in_session(lambda session: service.get(session, job_id))
        return found

    def wait_until(self, is_so: Callable[[], bool], *, seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            logs = [path.read_text()[-2000:] for path in (self.data / "logs").glob("*.log")]
            assert time.monotonic() < deadline, "\n".join(logs)
            time.sleep(0.2)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path)
    made.run("up", "--detach", "--port", "0")
    yield made
    made.run("down")


def test_the_supervisor_is_killed(instance: Instance) -> None:
    spec = Count(file=str(instance.lines), name="one", seconds=3)
    job_id = instance.in_session(
        lambda session: service.enqueue(session, spec, created_by=None).job.id
    )
    instance.wait_until(lambda: (instance.look(job_id).progress.get("done") or 0) > 0)
    known = {each["name"]: each["pid"] for each in instance.status()["processes"]}
    supervisor = psutil.Process(known["supervisor"])
    family = supervisor.children(recursive=True)
    supervisor.kill()
    instance.wait_until(lambda: not any(lives(each) for each in family))
    instance.run("up", "--detach", "--port", "0")
    instance.wait_until(lambda: instance.look(job_id).state == "succeeded")
    job = instance.look(job_id)
    assert instance.lines.read_text() == f"one {job_id}-{job.fencing_token}\n"
    events = instance.in_session(lambda session: queries.list_events(session, job_id, limit=9999))
    assert [each.number for each in events] == list(range(1, len(events) + 1))
    kinds_of_events = [each.kind for each in events if each.kind != "progress"]
    assert kinds_of_events.count("lost") == job.attempt - 1
    assert kinds_of_events[-1] == "succeeded"


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
