"""Two hundred jobs, four workers: none is lost, none runs twice, and the order is obeyed."""

from collections import Counter

import pytest

from domain.jobs import order, queries, service
from tests.chaos.installation import Installation
from tests.chaos.kinds import Count

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(170)]


def enqueue(installation: Installation, names: list[str], **options: int) -> None:
    file = str(installation.folder / "lines")
    with installation.session() as session:
        for name in names:
            service.enqueue(session, Count(file=file, name=name), created_by=None, **options)


def read_names(installation: Installation) -> list[str]:
    path = installation.folder / "lines"
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def test_two_hundred_jobs_are_each_done_once(installation: Installation) -> None:
    names = [f"job-{number:03}" for number in range(200)]
    # As many while nobody listens as while four do, from two processes that race for rows.
    enqueue(installation, names[:100])
    installation.start_worker("worker-1", concurrency=2)
    installation.start_worker("worker-2", concurrency=2)
    for name in names[100:]:
        enqueue(installation, [name])
    installation.wait_until(
        "all lines", lambda: len(read_names(installation)) >= len(names), seconds=150
    )
    assert Counter(read_names(installation)) == dict.fromkeys(names, 1)
    installation.wait_until("the last row", lambda: _count(installation, "succeeded") == 200)
    with installation.session() as session:
        jobs = queries.list_jobs(session, limit=1000)
        assert {job.fencing_token for job in jobs} == {1}
        owners = Counter(
            event.data["owner"]
            for job in jobs
            for event in queries.list_events(session, job.id)
            if event.kind == "claimed"
        )
    assert len(owners) == 2
    installation.assert_nothing_is_orphaned()


def test_priorities_and_moves_are_obeyed(installation: Installation) -> None:
    enqueue(installation, ["c", "d", "e"])
    enqueue(installation, ["late"], priority=500)
    enqueue(installation, ["a", "b"], priority=1)
    with installation.session() as session:
        by_name = {job.spec["name"]: job.id for job in queries.list_queue(session, "cpu")}
        order.move(session, by_name["e"], before=by_name["c"])
        order.set_priority(session, by_name["d"], 2)
    installation.start_worker()
    installation.wait_until("six lines", lambda: len(read_names(installation)) == 6)
    assert read_names(installation) == ["a", "b", "d", "e", "c", "late"]


def _count(installation: Installation, state: str) -> int:
    with installation.session() as session:
        return queries.count_by_state(session)[state]
