"""/api/v1 as programs meet it: tokens, paging, problems, keys that make a POST repeatable."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain import clock
from domain.users import audit, tokens
from domain.users.models import IdempotencyKey, User
from tests.factories import make_user
from tests.web import SignedInClient

UseApi = Callable[..., SignedInClient]
NEW = {"email": "sari@example.org", "name": "Sari", "role": "annotator"}


def test_a_token_says_whose_it_is(use_api: UseApi) -> None:
    client = use_api("researcher")
    answer = client.get("/api/v1/me")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(client.user.id),
        "email": client.user.email,
        "name": "",
        "role": "researcher",
        "language": "en",
    }


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ggez_made-up", "Basic YTpi", "Bearer "])
def test_without_a_valid_token_the_answer_is_a_problem(client: TestClient, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    problem = answer.json()
    assert (problem["title"], problem["status"]) == ("Unauthorized", 401)
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_a_sessions_cookie_opens_no_api(sign_in: Callable[..., SignedInClient]) -> None:
    assert sign_in("admin").get("/api/v1/me").status_code == 401


def test_a_token_opens_no_page(use_api: UseApi) -> None:
    assert use_api("admin").get("/people").status_code == 303


def test_ended_tokens_are_refused(
    use_api: UseApi, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = use_api("admin")
    later = clock.now() + dt.timedelta(days=91)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get("/api/v1/me").status_code == 401


def test_people_are_listed_page_by_page(use_api: UseApi, session: Session) -> None:
    client = use_api("admin")
    made = [make_user(session).email for _ in range(4)]
    first = client.get("/api/v1/people?limit=3").json()
    rest = client.get(f"/api/v1/people?limit=3&cursor={first['next']}").json()
    assert [item["email"] for item in first["items"]] == made[:0:-1]
    assert [item["email"] for item in rest["items"]] == [made[0], client.user.email]
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=x"])
def test_a_page_that_cannot_be_is_refused(use_api: UseApi, query: str) -> None:
    answer = use_api("admin").get(f"/api/v1/people?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


def test_a_person_is_added_read_and_changed(use_api: UseApi) -> None:
    client = use_api("admin")
    made = client.post("/api/v1/people", json=NEW)
    assert made.status_code == 201
    address = f"/api/v1/people/{made.json()['id']}"
    assert client.get(address).json() == made.json()
    changed = client.patch(address, json={"role": "researcher", "disabled": True}).json()
    assert changed["role"] == "researcher"
    assert changed["disabled_at"] is not None
    assert client.patch(address, json={"disabled": False}).json()["disabled_at"] is None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (NEW | {"email": "nobody"}, 422, "email"),
        (NEW | {"role": "king"}, 422, "role"),
        ({"email": "a@example.org"}, 422, "role"),
        (NEW | {"more": 1}, 422, "more"),
    ],
)
def test_bad_input_names_the_field(
    use_api: UseApi, body: dict[str, str], status: int, field: str
) -> None:
    answer = use_api("admin").post("/api/v1/people", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


def test_what_is_not_json_is_a_problem_too(use_api: UseApi) -> None:
    answer = use_api("admin").post(
        "/api/v1/people", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_address_that_is_taken_is_a_conflict(use_api: UseApi, session: Session) -> None:
    make_user(session, email=NEW["email"])
    answer = use_api("admin").post("/api/v1/people", json=NEW)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "There is already a person with the address sari@example.org."


@pytest.mark.parametrize("who", ["019a9b62-8f0e-7c31-a4a7-0d3c3f3a6f10", "nobody"])
def test_who_is_not_there_is_not_found(use_api: UseApi, who: str) -> None:
    answer = use_api("admin").get(f"/api/v1/people/{who}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_link_is_made_and_its_secret_is_not_kept(
    use_api: UseApi, client: TestClient, session: Session
) -> None:
    admin, user = use_api("admin"), make_user(session)
    address, key = f"/api/v1/people/{user.id}/links", {"Idempotency-Key": "one"}
    first = admin.post(address, json={}, headers=key).json()
    again = admin.post(address, json={}, headers=key).json()
    assert again == first | {"url": None}
    assert client.post(first["url"].removeprefix("http://testserver")).status_code == 303


def test_a_repeated_post_is_done_once_and_answered_alike(use_api: UseApi, session: Session) -> None:
    client = use_api("admin")
    before = session.scalar(select(func.count()).select_from(User)) or 0
    key = {"Idempotency-Key": "add-sari"}
    first = client.post("/api/v1/people", json=NEW, headers=key)
    again = client.post("/api/v1/people", json=NEW, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert session.scalar(select(func.count()).select_from(User)) == before + 1


def test_a_key_for_another_request_is_refused(use_api: UseApi) -> None:
    client, key = use_api("admin"), {"Idempotency-Key": "add-sari"}
    client.post("/api/v1/people", json=NEW, headers=key)
    other = client.post("/api/v1/people", json=NEW | {"name": "Other"}, headers=key)
    assert other.status_code == 409
    assert "Use a new key" in other.json()["detail"]
    elsewhere = client.post("/api/v1/tokens", json=NEW, headers=key)
    assert elsewhere.status_code in (409, 422)


def test_a_refused_request_leaves_its_key_free(use_api: UseApi, session: Session) -> None:
    client, key = use_api("admin"), {"Idempotency-Key": "add-sari"}
    taken = make_user(session, email=NEW["email"])
    assert client.post("/api/v1/people", json=NEW, headers=key).status_code == 409
    assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0
    taken.email = "moved@example.org"
    session.flush()
    assert client.post("/api/v1/people", json=NEW, headers=key).status_code == 201


def test_keys_of_two_people_do_not_meet(use_api: UseApi) -> None:
    key = {"Idempotency-Key": "same"}
    one = use_api("researcher").post("/api/v1/tokens", json={"name": "a"}, headers=key)
    two = use_api("researcher").post("/api/v1/tokens", json={"name": "a"}, headers=key)
    assert one.json()["id"] != two.json()["id"]


def test_tokens_are_made_listed_and_revoked(use_api: UseApi, session: Session) -> None:
    client = use_api("researcher")
    other = tokens.create_token(session, make_user(session), name="other")
    made = client.post("/api/v1/tokens", json={"name": "nightly", "valid_days": None}).json()
    assert made["secret"].startswith(made["hint"])
    assert made["expires_at"] is None
    listed = client.get("/api/v1/tokens").json()["items"]
    assert [item["name"] for item in listed] == ["nightly", "test"]
    assert "secret" not in listed[0]
    for _ in range(2):
        assert client.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert client.delete(f"/api/v1/tokens/{other.row.id}").status_code == 404
    names = {item["name"] for item in use_api("admin").get("/api/v1/tokens").json()["items"]}
    assert {"nightly", "other"} <= names


def test_the_audit_log_is_read_with_filters(use_api: UseApi, session: Session) -> None:
    audit.record(session, None, "backup.restore", subject=("instance", "here"), files=3)
    session.flush()
    answer = use_api("admin").get("/api/v1/audit?action=backup.restore&since=2020-01-01T00:00:00Z")
    (entry,) = answer.json()["items"]
    assert (entry["actor"], entry["detail"]) == ("system", {"files": 3})
    naive = use_api("admin").get("/api/v1/audit?since=2020-01-01T00:00:00")
    assert naive.status_code == 422


def test_the_schema_describes_every_route_with_examples_and_problems(app: FastAPI) -> None:
    schema = app.openapi()
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            where = f"{method.upper()} {path}"
            assert operation["security"] == [{"HTTPBearer": []}], where
            assert {"401", "403"} <= set(operation["responses"]), where
            assert list(operation["responses"]["401"]["content"]) == ["application/problem+json"]
            assert operation["tags"], where
    models = schema["components"]["schemas"]
    without = {name for name in list_spoken(schema) if "examples" not in models[name]}
    assert not without, f"Give these models an example in json_schema_extra: {sorted(without)}"


def list_spoken(schema: dict[str, Any]) -> set[str]:
    """Models that are a whole body, a whole answer, or the items of a page; a model within
    another is shown by that one's example.
    """
    found = set()
    for methods in schema["paths"].values():
        for operation in methods.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in part.get("content", {}).values():
                    found |= set(re.findall(r"'#/components/schemas/(\w+)'", str(content)))
    pages = {name for name in found if name.startswith("Page_")}
    items = {re.sub(r"^Page_(\w+)_$", r"\1", name) for name in pages}
    return found - pages | items


# Their body is a stream, which cannot be compared with an earlier one before it has arrived.
STREAMED = {"/api/v1/uploads"}


def test_every_post_may_be_repeated(app: FastAPI) -> None:
    for path, methods in app.openapi()["paths"].items():
        if "post" in methods and path not in STREAMED:
            names = {parameter["name"] for parameter in methods["post"].get("parameters", [])}
            assert "idempotency-key" in {name.lower() for name in names}, (
                f"POST {path}: take `once: OnceDep` and answer through it (app/api.py)."
            )


_SPEC = {"name": "\ud800", "source": "/srv/in", "licence": "CC0"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/people", NEW | {"email": "\ud800@x"}),
        ("/api/v1/jobs", {"kind": "dataset.import", "spec": _SPEC}),
    ],
)
def test_half_a_surrogate_pair_is_a_problem_and_no_failure(
    use_api: UseApi, path: str, body: dict[str, object]
) -> None:
    """JSON can write it, UTF-8 cannot: neither storing nor repeating it may fail."""
    as_json = {"Content-Type": "application/json"}
    answer = use_api("admin").post(path, content=json.dumps(body), headers=as_json)
    assert answer.status_code == 422, answer.text
