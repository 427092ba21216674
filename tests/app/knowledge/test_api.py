"""/api/v1/knowledge-bases, for programs."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.jobs.models import JobState
from domain.knowledge import curating
from domain.knowledge.models import KnowledgeBase, Passage
from specs.knowledge import PassageLine
from tests import pictures
from tests.factories import (
    make_artifact,
    make_job,
    make_knowledge_base,
    make_knowledge_index,
    make_passage,
)

ADDRESS = "/api/v1/knowledge-bases"
NEW = {
    "name": "Dishes",
    "region": "sea",
    "passages": [{"text": "Soto is a soup.", "country": "ID"}, {"text": "Rendang is a stew."}],
}


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def test_a_base_is_made_once_per_idempotency_key_and_read_back(
    api: TestClient, session: Session
) -> None:
    made = api.post(ADDRESS, json=NEW, headers={"Idempotency-Key": "a"})
    again = api.post(ADDRESS, json=NEW, headers={"Idempotency-Key": "a"})
    assert made.status_code == again.status_code == 201
    assert made.json() == again.json()
    assert (made.json()["num_passages"], made.json()["revision"]) == (2, 2)
    assert session.scalar(select(func.count()).select_from(KnowledgeBase)) == 1
    address = f"{ADDRESS}/{made.json()['id']}"
    assert api.get(address).json() == made.json()
    first = api.get(f"{address}/passages?limit=1").json()
    rest = api.get(f"{address}/passages?after={first['next']}").json()
    found = [*first["items"], *rest["items"]]
    assert [each["text"] for each in found] == ["Soto is a soup.", "Rendang is a stew."]
    assert rest["next"] is None
    lines = [json.loads(line) for line in api.get(f"{address}/passages.jsonl").text.splitlines()]
    assert [line["id"] for line in lines] == [each["key"] for each in found]


@pytest.mark.parametrize(
    ("passages", "field"),
    [
        ([{"text": "a"}, {"text": " "}], "text"),
        ([{"text": "a"}, {"text": "b", "country": "Java"}], "country"),
        ([{"text": "a"}, {"text": "a"}], "text"),
    ],
)
def test_a_base_is_made_whole_or_not_at_all(
    api: TestClient, session: Session, passages: list[dict[str, str]], field: str
) -> None:
    answer = api.post(ADDRESS, json={"name": "Dishes", "passages": passages})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in answer.json()["errors"]] == [field]


def test_passages_are_added_edited_and_removed(api: TestClient, session: Session) -> None:
    base = make_knowledge_base(session)
    address = f"{ADDRESS}/{base.id}/passages"
    made = api.post(address, json={"text": "Soto.", "language": "id"})
    assert made.status_code == 201
    first = made.json()
    edited = api.put(f"{address}/{first['id']}", json={"text": "Soto ayam."}).json()
    assert (edited["replaces_id"], edited["is_current"]) == (first["id"], True)
    before = api.get(f"{address}/{first['id']}").json()
    assert (before["text"], before["is_current"]) == ("Soto.", False)
    assert api.put(f"{address}/{first['id']}", json={"text": "Later."}).status_code == 409
    assert api.delete(f"{address}/{edited['id']}").status_code == 204
    assert api.get(address).json() == {"items": [], "next": None}
    assert session.scalar(select(func.count()).select_from(Passage)) == 2
    assert api.post(address, json={"text": "x", "colour": "red"}).status_code == 422


def test_passages_are_narrowed(api: TestClient, session: Session) -> None:
    base = make_knowledge_base(session)
    make_passage(session, base, text="Soto.", country="ID", language="id")
    make_passage(session, base, text="Pho.", country="VN", language="vi")
    address = f"{ADDRESS}/{base.id}/passages"
    for query in ("words=pho", "country=VN", "language=vi"):
        assert [each["text"] for each in api.get(f"{address}?{query}").json()["items"]] == ["Pho."]


def test_bases_are_paged_renamed_and_archived(api: TestClient, session: Session) -> None:
    made = [make_knowledge_base(session) for _ in range(3)]
    first = api.get(f"{ADDRESS}?limit=2").json()
    rest = api.get(f"{ADDRESS}?cursor={first['next']}").json()
    listed = [row["id"] for row in (*first["items"], *rest["items"])]
    assert listed == [str(each.id) for each in reversed(made)]
    address = f"{ADDRESS}/{made[0].id}"
    assert api.patch(address, json={"name": "New", "archived": True}).json()["name"] == "New"
    assert [row["name"] for row in api.get(f"{ADDRESS}?archived=true").json()["items"]] == ["New"]
    assert api.post(f"{address}/passages", json={"text": "x"}).status_code == 409


def test_indexes_are_listed_with_what_they_were_made_of(api: TestClient, session: Session) -> None:
    base = make_knowledge_base(session, "Soto.")
    index = make_knowledge_index(session, base)
    (found,) = api.get(f"{ADDRESS}/{base.id}/indexes").json()
    assert (found["id"], found["base_digest"]) == (str(index.id), base.digest)


def test_a_base_is_taken_along_as_the_folder_that_its_page_offers(
    api: TestClient, sign_in: Callable[[], TestClient], session: Session
) -> None:
    base = make_knowledge_base(session, "Soto.", "Rendang.")
    packed = [
        client.get(f"{address}/{base.id}/folder.zip")
        for client, address in ((api, ADDRESS), (sign_in(), "/knowledge"))
    ]
    ours, theirs = (zipfile.ZipFile(io.BytesIO(each.content)) for each in packed)
    assert {name: ours.read(name) for name in ours.namelist()} == {
        name: theirs.read(name) for name in theirs.namelist()
    }
    assert sorted(ours.namelist()) == ["knowledge.json", "passages.jsonl"]


def test_a_passages_picture_is_read_as_its_page_shows_it(
    api: TestClient, session: Session, tmp_path: Path
) -> None:
    base = make_knowledge_base(session)
    (tmp_path / "a.png").write_bytes(pictures.png(80, 60))
    artifact = make_artifact(session, kind="knowledge", uri=tmp_path.as_uri())
    job = make_job(session, state=JobState.SUCCEEDED)
    lines = [PassageLine(text="Soto.", picture="a.png"), PassageLine(text="Rendang.")]
    curating.take_in(session, base.id, lines, artifact=artifact, job=job)
    shown, bare = api.get(f"{ADDRESS}/{base.id}/passages").json()["items"]
    assert (shown["has_picture"], bare["has_picture"]) == (True, False)
    picture = api.get(f"{ADDRESS}/{base.id}/passages/{shown['id']}/picture")
    assert picture.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(picture.content)).size == (80, 60)
    assert api.get(f"{ADDRESS}/{base.id}/passages/{bare['id']}/picture").status_code == 404


def test_what_is_not_there_is_not_found(api: TestClient) -> None:
    address = f"{ADDRESS}/{uuid.uuid4()}"
    passage = f"/passages/{uuid.uuid4()}"
    pages = ("", "/passages", "/passages.jsonl", "/folder.zip", "/indexes")
    for page in (*pages, passage, f"{passage}/picture"):
        assert api.get(f"{address}{page}").status_code == 404
    assert api.delete(f"{address}/passages/{uuid.uuid4()}").status_code == 404
    assert api.post(f"{address}/passages", json={"text": "x"}).status_code == 404
