"""/api/v1/studies, for programs."""

import json
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import Job
from domain.ratings import enrolment, saving, taking
from domain.ratings.models import Invite
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies.models import StudyEvent
from domain.users.models import AuditEntry
from tests.factories import list_prompts, make_artifact, make_output, make_prompt_set, make_variant
from tests.studies import make_design, make_draft, make_rater, make_study, make_wording

ADDRESS = "/api/v1/studies"
DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0})


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def make_body(session: Session, *, is_complete: bool = True) -> dict[str, object]:
    prompts = make_prompt_set(session, "a dish", scope="regional")
    arms = [make_variant(session) for _ in range(2)]
    for number, arm in enumerate(arms if is_complete else arms[:1]):
        for prompt in list_prompts(session, prompts):
            artifact = make_artifact(session, kind="outputs")
            make_output(session, arm, prompt, artifact_id=artifact.id, sha256=f"{number:064d}")
    return {
        "name": "Dishes",
        "region": "sea",
        "prompt_set": prompts.name,
        "design": DESIGN.model_dump(mode="json"),
        "wording": make_wording(DESIGN).model_dump(mode="json"),
        "registration": {
            "primary_criterion": "correctness",
            "comparison": "the second against the first",
            "minimum_effect": 0.1,
        },
        "arms": [{"variant": arms[0].name, "is_baseline": True}, {"variant": arms[1].name}],
    }


def test_a_draft_is_made_read_and_launched(api: TestClient, session: Session) -> None:
    made = api.post(ADDRESS, json=make_body(session))
    assert made.status_code == 201, made.text
    study = made.json()
    assert (study["state"], study["design"]["form"]) == ("draft", "likert")
    assert api.get(f"{ADDRESS}/{study['id']}").json() == study
    assert [row["id"] for row in api.get(ADDRESS).json()["items"]] == [study["id"]]
    launched = api.post(f"{ADDRESS}/{study['id']}/open")
    assert launched.status_code == 201
    job = session.get_one(Job, uuid.UUID(launched.json()["job"]["id"]))
    assert (job.kind, job.spec) == ("study.open", {"study": "Dishes"})


def test_a_study_begins_with_a_preset_and_what_is_said_on_top_wins(
    api: TestClient, session: Session
) -> None:
    body = make_body(session)
    del body["design"], body["wording"]
    made = api.post(ADDRESS, json=body | {"preset": "sea-vl", "design": {"raters_per_item": 5}})

    assert made.status_code == 201, made.text
    design = made.json()["design"]
    assert [each["key"] for each in design["criteria"]] == ["correctness", "naturalness"]
    assert design["raters_per_item"] == 5
    assert design["strata"]
    without = api.post(ADDRESS, json=body | {"name": "Another"})
    assert (without.status_code, "criteria" in without.json()["detail"]) == (422, True)


def test_what_is_missing_is_said_before_anything_is_launched(
    api: TestClient, session: Session
) -> None:
    made = api.post(ADDRESS, json=make_body(session, is_complete=False)).json()
    refused = api.post(f"{ADDRESS}/{made['id']}/open")

    assert refused.status_code == 422
    assert "has no output of 1 of 1 prompts, such as '0001'" in refused.json()["detail"]
    assert session.scalars(select(Job).where(Job.kind == "study.open")).all() == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prompt_set": "Nothing"}, "There is no prompt set 'Nothing'."),
        ({"arms": [{"variant": "Nobody"}]}, "There is no variant 'Nobody'."),
        ({"region": "atlantis"}, "atlantis"),
        ({"design": {"form": "likert", "criteria": []}}, "criteria"),
        ({"preset": "mine"}, "no preset 'mine' for studies; there are: answers-likert"),
        ({"wording": {"languages": {}}}, "in English at least"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    api: TestClient, session: Session, changes: dict[str, object], sentence: str
) -> None:
    refused = api.post(ADDRESS, json=make_body(session) | changes)

    assert refused.status_code in {404, 422}
    assert sentence in refused.json()["detail"]


def test_a_study_is_paused_resumed_and_closed_once(
    api: TestClient, session: Session, settings: Settings
) -> None:
    address = f"{ADDRESS}/{make_study(session, settings, design=DESIGN).id}"

    assert api.post(f"{address}/pause").json()["state"] == "paused"
    assert api.post(f"{address}/pause").status_code == 409
    assert api.post(f"{address}/resume").json()["state"] == "open"
    assert api.post(f"{address}/close").json()["state"] == "closed"
    assert api.post(f"{address}/resume").status_code == 409
    kinds = session.scalars(select(StudyEvent.kind).order_by(StudyEvent.id)).all()
    assert kinds == ["opened", "paused", "resumed", "closed"]


def test_an_invite_is_shown_once_and_only_its_digest_is_kept(
    api: TestClient, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, design=DESIGN)
    address, key = f"{ADDRESS}/{study.id}/invites", {"Idempotency-Key": "a"}
    made = api.post(address, json={"label": "Village", "max_uses": 3}, headers=key).json()
    again = api.post(address, json={"label": "Village", "max_uses": 3}, headers=key).json()
    row = session.scalars(select(Invite)).one()

    assert "/join/" in made["url"]
    assert again["url"] is None
    assert made["url"].rsplit("/", 1)[1].encode() not in row.token_sha256
    assert (row.label, row.max_uses) == ("Village", 3)


def rate_all(session: Session, settings: Settings, value: int) -> uuid.UUID:
    study = make_study(session, settings, num_items=2, design=DESIGN)
    rater = make_rater(session, study)
    while held := taking.take(session, rater.id).held:
        sent = Submission(client_key=uuid.uuid4(), values={"correctness": value})
        saving.submit(session, rater.id, held[0].id, sent)
    return study.id


def read(api: TestClient, address: str) -> list[dict[str, object]]:
    answer = api.get(address)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_rows_tell_no_arm_while_effects_are_sealed(
    api: TestClient, session: Session, settings: Settings
) -> None:
    address = f"{ADDRESS}/{rate_all(session, settings, 3)}"
    rows = read(api, f"{address}/ratings")

    assert len(rows) == 4
    assert {row["scores"][0]["value"] for row in rows} == {3}  # type: ignore[index]
    for row in rows:
        assert [row[name] for name in ("kind", "prompt_key", "stratum", "arms")] == [None] * 4


def test_rows_go_on_behind_a_cursor(api: TestClient, session: Session, settings: Settings) -> None:
    address = f"{ADDRESS}/{rate_all(session, settings, 2)}/ratings"
    whole = read(api, address)
    first = read(api, f"{address}?limit=3")
    rest = read(api, f"{address}?limit=3&cursor={first[-1]['id']}")

    assert first + rest == whole
    assert read(api, f"{address}?cursor={whole[-1]['id']}") == []


def test_opening_effects_early_is_on_record_with_its_reason(
    api: TestClient, session: Session, settings: Settings
) -> None:
    study_id = rate_all(session, settings, 2)
    address = f"{ADDRESS}/{study_id}"
    assert api.post(f"{address}/unseal", json={"reason": "x"}).status_code == 422
    api.post(f"{address}/unseal", json={"reason": "A pilot of one rater."})
    rows = read(api, f"{address}/ratings")
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "study.looked_into")
    ).one()

    assert all(len(row["arms"]) == 1 and row["prompt_key"] for row in rows)  # type: ignore[arg-type]
    assert entry.detail["reason"] == "A pilot of one rater."


def test_coverage_counts_places_and_knows_no_arm(
    api: TestClient, session: Session, settings: Settings
) -> None:
    covered = api.get(f"{ADDRESS}/{rate_all(session, settings, 2)}/coverage").json()

    assert covered["total"]["num_items"] == 4
    assert covered["total"]["num_wanted"] == 8
    assert covered["total"]["num_primary"] == 4
    assert covered["exhausted"] == 4
    assert covered["simulated"] == 0


def test_simulated_raters_are_marked_wherever_they_appear(
    api: TestClient, session: Session, settings: Settings
) -> None:
    study = make_study(session, settings, design=DESIGN, is_sandbox=True)
    for rater in (enrolment.simulate(session, study), make_rater(session, study)):
        for held in taking.take(session, rater.id, num=5).held:
            sent = Submission(client_key=uuid.uuid4(), values={"correctness": 2})
            saving.submit(session, rater.id, held.id, sent)
    covered = api.get(f"{ADDRESS}/{study.id}/coverage").json()
    rows = read(api, f"{ADDRESS}/{study.id}/ratings")

    assert (covered["total"]["num_primary"], covered["simulated"]) == (10, 5)
    assert [row["is_simulated"] for row in rows] == [True] * 5 + [False] * 5


def test_annotators_and_strangers_stay_out(
    use_api: Callable[..., TestClient], client: TestClient, session: Session, settings: Settings
) -> None:
    study = make_draft(session, settings)
    for address in (ADDRESS, f"{ADDRESS}/{study.id}", f"{ADDRESS}/{study.id}/ratings"):
        assert use_api("annotator").get(address).status_code == 403
        assert client.get(address).status_code == 401
