"""/api/v1/prompt-sets, for programs."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.prompts.models import Prompt, PromptSet
from tests.factories import make_prompt_set

ADDRESS = "/api/v1/prompt-sets"
NEW = {"name": "Markets", "text": '{"key": "a", "text": "a market"}\n{"text": "a boat"}\n'}


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def test_a_set_is_made_once_per_idempotency_key_and_read_back(
    api: TestClient, session: Session
) -> None:
    made = api.post(ADDRESS, json=NEW, headers={"Idempotency-Key": "a"})
    again = api.post(ADDRESS, json=NEW, headers={"Idempotency-Key": "a"})
    assert made.status_code == again.status_code == 201
    assert made.json() == again.json()
    assert session.scalar(select(func.count()).select_from(PromptSet)) == 1
    address = f"{ADDRESS}/{made.json()['id']}"
    assert api.get(address).json() == made.json()
    first = api.get(f"{address}/prompts?limit=1").json()
    rest = api.get(f"{address}/prompts?after={first['next']}").json()
    prompts = [*first["items"], *rest["items"]]
    assert [(each["key"], each["text"], each["scope"]) for each in prompts] == [
        ("a", "a market", "global"), ("0002", "a boat", "global"),
    ]  # fmt: skip
    assert rest["next"] is None


def test_every_line_that_is_wrong_is_named_and_nothing_is_stored(
    api: TestClient, session: Session
) -> None:
    text = '{"text": "a"}\nnonsense\n{"text": ""}\n'
    answer = api.post(ADDRESS, json={"name": "Wrong", "text": text})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in answer.json()["errors"]] == ["text.2", "text.3"]
    assert answer.json()["errors"][1]["message"] == "It has no text."
    assert session.scalar(select(func.count()).select_from(Prompt)) == 0
    assert session.scalar(select(func.count()).select_from(PromptSet)) == 0


def test_sets_are_paged_renamed_and_archived(api: TestClient, session: Session) -> None:
    made = [make_prompt_set(session) for _ in range(3)]
    first = api.get(f"{ADDRESS}?limit=2").json()
    rest = api.get(f"{ADDRESS}?cursor={first['next']}").json()
    listed = [row["id"] for row in (*first["items"], *rest["items"])]
    assert listed == [str(each.id) for each in reversed(made)]
    address = f"{ADDRESS}/{made[0].id}"
    assert api.patch(address, json={"name": "New", "archived": True}).json()["name"] == "New"
    assert [row["name"] for row in api.get(f"{ADDRESS}?archived=true").json()["items"]] == ["New"]
    assert api.get(f"{ADDRESS}/{uuid.uuid4()}").status_code == 404
    assert api.get(f"{ADDRESS}/{uuid.uuid4()}/prompts").status_code == 404
