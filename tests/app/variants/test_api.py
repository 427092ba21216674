"""/api/v1/variants, for programs."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.factories import list_prompts, make_output, make_prompt_set, make_variant


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def test_variants_are_listed_newest_first_and_filtered(api: TestClient, session: Session) -> None:
    base = make_variant(session, name="Base")
    tuned = make_variant(session, name="Tuned", base=base)
    merge = make_variant(session, name="Merge", base=base, tuned=tuned, artifact_id=None)
    make_variant(session, name="Judge", family="attributes")

    def names(query: str) -> list[str]:
        return [row["name"] for row in api.get(f"/api/v1/variants?{query}").json()["items"]]

    assert names("") == ["Judge", "Merge", "Tuned", "Base"]
    assert names("family=sdxl&role=base") == ["Base"]
    assert names(f"base={base.id}") == ["Merge", "Tuned"]
    assert names(f"cursor={merge.id}&limit=1") == ["Tuned"]
    assert api.get("/api/v1/variants?role=queen").status_code == 422


def test_a_variant_tells_where_it_is_from_and_what_came_of_it(
    api: TestClient, session: Session
) -> None:
    base = make_variant(session)
    tuned = make_variant(session, base=base, card="# Tuned")
    merge = make_variant(session, base=base, tuned=tuned, artifact_id=None)
    prompt = list_prompts(session, make_prompt_set(session))[0]
    make_output(session, tuned, prompt)
    found = api.get(f"/api/v1/variants/{tuned.id}").json()
    assert (found["ancestors"], found["descendants"]) == ([str(base.id)], [str(merge.id)])
    assert (found["card"], found["num_outputs"], found["has_files"]) == ("# Tuned", 1, True)
    bare = api.get(f"/api/v1/variants/{merge.id}").json()
    assert (bare["has_files"], bare["digest"], bare["beta"]) == (False, None, 0.25)
    assert bare["ancestors"] == [str(base.id), str(tuned.id)]
    assert api.get(f"/api/v1/variants/{uuid.uuid4()}").status_code == 404


def test_a_variant_is_renamed_and_archived(api: TestClient, session: Session) -> None:
    variant = make_variant(session)
    make_variant(session, name="Taken")
    address = f"/api/v1/variants/{variant.id}"
    changed = api.patch(address, json={"name": " New  name ", "archived": True}).json()
    assert changed["name"] == "New name"
    assert changed["archived_at"] is not None
    refused = api.patch(address, json={"name": "Taken"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "field": "name",
            "message": "There is already a variant named 'Taken'. Choose another name.",
        }
    ]
    assert api.patch(address, json={"archived": False}).json()["archived_at"] is None
