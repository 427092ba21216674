"""/api/v1/datasets and /api/v1/uploads: the same, for programs."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.settings import Settings
from tests import pictures
from tests.factories import make_dataset
from tests.imports import import_folder

SPEC = {"name": "Breakfast", "source": "pictures", "licence": "CC0-1.0"}


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


@pytest.fixture
def folder(settings: Settings) -> Path:
    return pictures.write_folder(settings.inbox / "pictures")


def test_import_is_queued_once_per_idempotency_key(
    api: TestClient, session: Session, folder: Path
) -> None:
    first = api.post("/api/v1/datasets", json=SPEC, headers={"Idempotency-Key": "a"})
    again = api.post("/api/v1/datasets", json=SPEC, headers={"Idempotency-Key": "a"})
    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert session.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"source": "/etc"}, "source"), ({"name": ""}, "name"), ({"colour": "red"}, "colour")],
)
def test_wrong_input_names_the_field(
    api: TestClient, session: Session, folder: Path, changes: dict[str, str], field: str
) -> None:
    answer = api.post("/api/v1/datasets", json=SPEC | changes)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field
    assert session.scalars(select(Job)).all() == []


def test_list_get_and_change(api: TestClient, session: Session) -> None:
    made = [make_dataset(session) for _ in range(3)]
    first = api.get("/api/v1/datasets?limit=2").json()
    rest = api.get(f"/api/v1/datasets?cursor={first['next']}").json()
    listed = [row["id"] for row in (*first["items"], *rest["items"])]
    assert listed == [str(dataset.id) for dataset in reversed(made)]
    address = f"/api/v1/datasets/{made[0].id}"
    changed = api.patch(address, json={"name": "New", "archived": True}).json()
    assert changed["name"] == "New"
    assert changed["archived_at"] is not None
    assert api.patch(address, json={"archived": False}).json()["archived_at"] is None
    assert api.get(address).json()["digest"] == made[0].digest
    assert api.get(f"/api/v1/datasets/{uuid.uuid4()}").status_code == 404


def test_items_and_problems_are_paged(
    api: TestClient, session: Session, settings: Settings
) -> None:
    dataset = import_folder(session, settings)
    address = f"/api/v1/datasets/{dataset.id}"
    first = api.get(f"{address}/items?limit=2").json()
    rest = api.get(f"{address}/items?after={first['next']}").json()
    assert [item["key"] for item in (*first["items"], *rest["items"])] == [
        "000.jpg", "001.jpg", "002.jpg",
    ]  # fmt: skip
    assert rest["next"] is None
    problems = api.get(f"{address}/problems?reason=not_a_picture").json()
    assert [row["reference"] for row in problems["items"]] == ["bad.jpg"]
    assert api.get(f"{address}/problems?reason=no_caption").json()["items"] == []


def test_upload_is_streamed_and_becomes_a_source(api: TestClient, session: Session) -> None:
    answer = api.post("/api/v1/uploads?name=a.csv", content=b"image,caption\n" * 1000)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["media_type"], made["size_bytes"]) == ("a.csv", "text/csv", 14_000)
    started = api.post("/api/v1/datasets", json=SPEC | {"source": made["source"]})
    assert started.status_code == 202


def test_upload_of_another_kind_is_refused(api: TestClient, session: Session) -> None:
    answer = api.post("/api/v1/uploads?name=a.exe", content=b"MZ\x00")
    assert answer.status_code == 422
    assert "is of another kind" in answer.json()["detail"]
    assert session.scalar(select(func.count()).select_from(Artifact)) == 0


def test_upload_that_is_too_large_is_stopped(
    web_settings: object, app: object, api: TestClient, settings: Settings
) -> None:
    limited = app.state.settings.model_copy(update={"max_upload_bytes": 2000})  # type: ignore[attr-defined]  # the application of the fixture
    app.state.settings = limited  # type: ignore[attr-defined]  # the same
    answer = api.post("/api/v1/uploads?name=a.csv", content=b"x" * 5000)
    assert answer.status_code == 413
    staging = settings.data.resolve() / "artifacts" / ".staging"
    assert list(staging.iterdir()) == []
