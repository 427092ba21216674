import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs import events, queries
from domain.jobs.models import Job, JobState
from domain.users.queries import AuditFilter, list_audit_entries
from tests.factories import make_job
from tests.web import SignedInClient

UseApi = Callable[..., SignedInClient]
JOBS = "/api/v1/jobs"
RECIPE: dict[str, Any] = {
    "name": "Check twice",
    "steps": [
        {"name": "quick", "kind": "system.check", "spec": {"disk_mb": 16}},
        {"name": "thorough", "kind": "system.check", "spec": {"disk_mb": 512}, "after": ["quick"]},
    ],
}
SMALL = {"kind": "system.check", "spec": {"disk_mb": 16}}


def list_acts(session: Session) -> list[str]:
    entries = list_audit_entries(session, AuditFilter(subject="job"))
    return [entry.action for entry in reversed(entries)]


def count_jobs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job)) or 0


def test_without_a_token_nothing_is_told(client: TestClient) -> None:
    answer = client.get(JOBS)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_annotators_tokens_do_not_reach_jobs(use_api: UseApi, session: Session) -> None:
    program = use_api("annotator")
    assert program.get(JOBS).status_code == 403
    assert program.post(JOBS, json=SMALL).status_code == 403
    assert count_jobs(session) == 0


def test_kinds_come_with_the_schema_of_their_specification(use_api: UseApi) -> None:
    kinds = {each["kind"]: each for each in use_api().get(f"{JOBS}/kinds").json()}
    assert {"dataset.import", "system.check"} <= set(kinds)
    schema = kinds["system.check"]["spec_schema"]
    assert schema["properties"]["disk_mb"]["maximum"] == 4096


def test_a_job_is_launched_and_audited(use_api: UseApi, session: Session) -> None:
    program = use_api()
    answer = program.post(JOBS, json=SMALL | {"priority": 50, "inputs": {"data": "a" * 64}})
    assert answer.status_code == 201
    launched = answer.json()
    assert launched["reused"] is False
    job = session.get_one(Job, uuid.UUID(launched["job"]["id"]))
    assert (job.spec["disk_mb"], job.priority, job.inputs) == (16, 50, {"data": "a" * 64})
    assert job.created_by_id == program.user.id
    assert list_acts(session) == ["job.launch"]


def test_the_same_work_is_offered_unless_asked_for_afresh(
    use_api: UseApi, session: Session
) -> None:
    done = make_job(session, state=JobState.SUCCEEDED)
    program = use_api()
    offered = program.post(JOBS, json={"kind": "system.check"}).json()
    assert (offered["reused"], offered["job"]["id"]) == (True, str(done.id))
    made = program.post(JOBS, json={"kind": "system.check", "fresh": True}).json()
    assert made["reused"] is False


def test_a_repeated_request_is_done_once(use_api: UseApi, session: Session) -> None:
    program = use_api()
    headers = {"Idempotency-Key": "nightly-1"}
    first = program.post(JOBS, json=SMALL, headers=headers)
    second = program.post(JOBS, json=SMALL, headers=headers)
    assert first.json() == second.json()
    assert count_jobs(session) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "no.such"}, 404, None),
        ({"kind": "system.check", "spec": {"disk_mb": 0}}, 422, "spec.disk_mb"),
        ({"kind": "system.check", "spec": {"unknown": 1}}, 422, "spec.unknown"),
        ({"kind": "system.check", "parents": {"a": str(uuid.UUID(int=1))}}, 422, "parents"),
        ({"kind": "system.check", "priority": -1}, 422, "priority"),
        ({"kind": "system.check", "surprise": 1}, 422, "surprise"),
        ({}, 422, "kind"),
    ],
)
def test_bad_input_is_a_problem_and_makes_no_job(
    use_api: UseApi, session: Session, body: dict[str, object], status: int, field: str | None
) -> None:
    answer = use_api().post(JOBS, json=body)
    assert answer.status_code == status
    problem = answer.json()
    assert problem["detail"]
    assert [each["field"] for each in problem.get("errors", [])] == ([field] if field else [])
    assert count_jobs(session) == 0


def test_what_a_specification_says_of_itself_is_one_sentence(use_api: UseApi) -> None:
    body = {"kind": "model.merge", "spec": {"betas": [2]}}
    assert use_api().post(JOBS, json=body).json()["detail"] == (
        "'spec' is not right: The method 'linear' takes betas from 0 to 1, not 2; "
        "'task-arithmetic' takes others."
    )


def test_lists_are_filtered_and_paged_without_gaps(use_api: UseApi, session: Session) -> None:
    ids = [str(make_job(session).id) for _ in range(5)]
    make_job(session, state=JobState.FAILED)
    program = use_api()
    found: list[str] = []
    cursor = None
    while True:
        query = {"state": ["queued", "running"], "kind": "system.check", "limit": 2}
        page = program.get(JOBS, params=query | ({"cursor": cursor} if cursor else {})).json()
        found += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == ids[::-1]


def test_an_unknown_state_is_a_problem(use_api: UseApi) -> None:
    assert use_api().get(f"{JOBS}?state=sleeping").status_code == 422


def test_one_job_is_told_with_its_family(use_api: UseApi, session: Session) -> None:
    parent = make_job(session, state=JobState.SUCCEEDED)
    job = make_job(session, parents={"data": parent.id})
    told = use_api().get(f"{JOBS}/{job.id}").json()
    assert (told["parents"], told["children"], told["artifacts"]) == ([str(parent.id)], [], {})


def test_events_are_told_after_the_last_one_known(use_api: UseApi, session: Session) -> None:
    job = make_job(session, state=JobState.RUNNING)
    for done in range(4):
        events.add(session, job, "progress", done=done)
    session.flush()
    program = use_api()
    first = program.get(f"{JOBS}/{job.id}/events?limit=2").json()
    rest = program.get(f"{JOBS}/{job.id}/events?after={first['next_after']}").json()
    assert [each["number"] for each in first["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert program.get(f"{JOBS}/{job.id}/events?after=5").json() == {"items": [], "next_after": 5}


def test_the_log_is_told_whole_or_its_end(
    use_api: UseApi, session: Session, tmp_path: Path
) -> None:
    log = tmp_path / "1.log"
    log.write_text("one\ntwo\nthree\n")
    job = make_job(session, state=JobState.FAILED, log_uri=log.as_uri())
    program = use_api()
    assert program.get(f"{JOBS}/{job.id}/log").text == "one\ntwo\nthree\n"
    assert program.get(f"{JOBS}/{job.id}/log?tail=2").text == "two\nthree"
    assert program.get(f"{JOBS}/{make_job(session).id}/log").text == ""


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("cancel", JobState.QUEUED, JobState.CANCELLED),
        ("retry", JobState.FAILED, JobState.QUEUED),
        ("resume", JobState.CANCELLED, JobState.QUEUED),
    ],
)
def test_acts_change_the_state_and_are_audited(
    use_api: UseApi, session: Session, verb: str, before: JobState, after: JobState
) -> None:
    job = make_job(session, state=before)
    answer = use_api().post(f"{JOBS}/{job.id}/{verb}")
    assert (answer.status_code, answer.json()["state"]) == (200, after)
    assert list_acts(session) == [f"job.{verb}"]


@pytest.mark.parametrize("verb", ["cancel", "retry", "resume", "mark-stopped"])
def test_what_the_state_does_not_allow_is_a_conflict(
    use_api: UseApi, session: Session, verb: str
) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    answer = use_api().post(f"{JOBS}/{job.id}/{verb}")
    assert answer.status_code == 409
    assert str(job.id) in answer.json()["detail"]


def test_a_clone_may_change_the_specification(use_api: UseApi, session: Session) -> None:
    job = make_job(session, state=JobState.SUCCEEDED)
    program = use_api()
    answer = program.post(f"{JOBS}/{job.id}/clone", json={"changes": {"disk_mb": 8}})
    made = answer.json()
    assert (answer.status_code, made["cloned_from_id"]) == (201, str(job.id))
    assert made["spec"] == job.spec | {"disk_mb": 8}
    wrong = program.post(f"{JOBS}/{job.id}/clone", json={"changes": {"disk_mb": 0}})
    assert wrong.status_code == 422


def test_the_order_can_be_changed(use_api: UseApi, session: Session) -> None:
    one, two = make_job(session), make_job(session)
    program = use_api()
    program.post(f"{JOBS}/{two.id}/move", json={"before": str(one.id)})
    assert [job.id for job in queries.list_queue(session)] == [two.id, one.id]
    program.post(f"{JOBS}/{two.id}/priority", json={"priority": 200})
    session.expire_all()
    assert [job.id for job in queries.list_queue(session)] == [one.id, two.id]
    assert list_acts(session) == ["job.move", "job.set_priority"]


def test_a_recipe_becomes_jobs_that_wait_for_each_other(use_api: UseApi, session: Session) -> None:
    answer = use_api().post(f"{JOBS}/recipes", json=RECIPE)
    quick, thorough = answer.json()["jobs"]
    assert (answer.status_code, quick["state"], thorough["state"]) == (201, "queued", "waiting")
    assert [str(job.id) for job in queries.list_parents(session, uuid.UUID(thorough["id"]))] == [
        quick["id"]
    ]
    assert list_acts(session) == ["job.launch", "job.launch"]


def test_an_impossible_recipe_makes_no_job(use_api: UseApi, session: Session) -> None:
    steps = [RECIPE["steps"][0] | {"after": ["nobody"]}]
    answer = use_api().post(f"{JOBS}/recipes", json=RECIPE | {"steps": steps})
    assert answer.status_code == 422
    assert "needs 'nobody'" in answer.json()["detail"]
    assert count_jobs(session) == 0


def test_every_route_of_jobs_is_in_the_schema_with_examples(use_api: UseApi) -> None:
    schema = use_api().get("/api/v1/openapi.json").json()
    assert f"{JOBS}/{{job_id}}/mark-stopped" in schema["paths"]
    for name in ("JobOut", "NewJob", "Launched", "EventOut", "CloneChanges"):
        assert schema["components"]["schemas"][name]["examples"], name
