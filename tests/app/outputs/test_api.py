"""/api/v1/outputs, for programs."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.artifacts import service as artifacts
from domain.jobs.models import Job
from domain.settings import Settings
from tests.factories import (
    list_prompts,
    make_artifact,
    make_output,
    make_prompt_set,
    make_variant,
)

ADDRESS = "/api/v1/outputs"


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def test_outputs_are_listed_with_their_prompts_and_filtered(
    api: TestClient, session: Session
) -> None:
    prompt_set = make_prompt_set(session, "a market", "a boat", scope="regional")
    prompts = list_prompts(session, prompt_set)
    one, other = make_variant(session), make_variant(session)
    made = [make_output(session, one, prompt) for prompt in prompts]
    theirs = make_output(session, other, prompts[0], seed=7)
    first = api.get(f"{ADDRESS}?limit=2").json()
    rest = api.get(f"{ADDRESS}?cursor={first['next']}").json()
    listed = [row["id"] for row in (*first["items"], *rest["items"])]
    assert listed == [str(each.id) for each in (theirs, *reversed(made))]
    (row,) = api.get(f"{ADDRESS}?variant={other.id}").json()["items"]
    assert (row["prompt"], row["scope"], row["seed"]) == ("a market", "regional", 7)
    assert api.get(f"{ADDRESS}/{theirs.id}").json() == row
    assert len(api.get(f"{ADDRESS}?job={made[1].job_id}").json()["items"]) == 1
    assert len(api.get(f"{ADDRESS}?prompt_set={prompt_set.id}").json()["items"]) == 3
    assert api.get(f"{ADDRESS}?prompt_set={uuid.uuid4()}").json()["items"] == []


def test_an_answer_is_its_text_and_perhaps_the_picture_that_was_asked_about(
    api: TestClient, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "q.webp").write_bytes(b"RIFF made up")
    artifact = make_artifact(session, kind="outputs", uri=tmp_path.as_uri())
    prompt = list_prompts(session, make_prompt_set(session))[0]
    nothing = dict.fromkeys(("file", "sha256", "width", "height"))
    given = {"text": "A <b>boat</b>", "artifact_id": artifact.id, **nothing}
    variant = make_variant(session)
    plain = make_output(session, variant, prompt, **given)
    asked = make_output(session, variant, prompt, seed=1, question_file="q.webp", **given)
    row = api.get(f"{ADDRESS}/{plain.id}").json()
    assert (row["text"], row["sha256"], row["width"]) == ("A <b>boat</b>", None, None)
    assert row["has_question_picture"] is False
    assert api.get(f"{ADDRESS}/{asked.id}").json()["has_question_picture"] is True
    answer = api.get(f"{ADDRESS}/{asked.id}/question")
    assert (answer.content, answer.headers["content-type"]) == (b"RIFF made up", "image/webp")
    missing = api.get(f"{ADDRESS}/{plain.id}/question")
    assert missing.status_code == 404
    assert "has no picture that was asked about" in missing.json()["detail"]
    assert "is an answer in words" in api.get(f"{ADDRESS}/{plain.id}/picture").json()["detail"]


def test_an_import_of_outputs_is_queued_like_any_job(
    api: TestClient, session: Session, settings: Settings
) -> None:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "t.csv").write_text("arm,prompt_key,prompt,text\n", "utf-8")
    body = {"kind": "outputs.import", "spec": {"name": "Asked", "source": "t.csv"}}
    queued = api.post("/api/v1/jobs", json=body)
    assert queued.status_code == 201, queued.json()
    assert session.scalars(select(Job)).one().spec["name"] == "Asked"
    lost = api.post("/api/v1/jobs", json={**body, "spec": {"name": "Asked", "source": "no.csv"}})
    assert lost.status_code == 422
    assert "There is no file or folder 'no.csv'." in str(lost.json())


def test_a_picture_is_sent_as_it_was_made_until_it_is_given_up(
    api: TestClient, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"\x89PNG made up")
    artifact = make_artifact(session, kind="outputs", uri=tmp_path.as_uri())
    prompt = list_prompts(session, make_prompt_set(session))[0]
    output = make_output(
        session, make_variant(session), prompt, artifact_id=artifact.id, file="images/a.png"
    )
    answer = api.get(f"{ADDRESS}/{output.id}/picture")
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG made up", "image/png")
    artifacts.release(session, artifact.id)
    session.flush()
    gone = api.get(f"{ADDRESS}/{output.id}/picture")
    assert gone.status_code == 409
    assert "were released on" in gone.json()["detail"]
    assert api.get(f"{ADDRESS}/{uuid.uuid4()}/picture").status_code == 404
