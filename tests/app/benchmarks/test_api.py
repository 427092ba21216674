"""/api/v1/benchmarks and /api/v1/scores, for programs."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks.models import Benchmark
from domain.prompts.models import PromptSet
from tests.factories import make_benchmark, make_prompt_set, make_score, make_variant

ADDRESS = "/api/v1/benchmarks"
QUESTIONS = (
    "item_id,text,proposition_id,dependency,question_natural_language\n"
    "m1,a red cube,1,0,Is there a cube?\n"
    "m1,a red cube,2,1,Is the cube red?\n"
    "m2,a boat,1,see above,Is there a boat?\n"
)


@pytest.fixture
def api(use_api: Callable[..., TestClient]) -> TestClient:
    return use_api("researcher")


def test_questions_become_a_benchmark_with_prompts_of_their_own(
    api: TestClient, session: Session
) -> None:
    new = {"name": "Cubes", "text": QUESTIONS, "scope": "regional"}
    made = api.post(ADDRESS, json=new, headers={"Idempotency-Key": "a"})
    again = api.post(ADDRESS, json=new, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201
    assert made.json() == again.json()
    assert session.scalar(select(func.count()).select_from(Benchmark)) == 1
    found = made.json()
    assert (found["n_items"], found["n_questions"], found["malformed"]) == (2, 3, 1)
    assert (found["scope"], found["default_mode"]) == ("regional", "dsg")
    prompts = api.get(f"/api/v1/prompt-sets/{found['prompt_set_id']}/prompts").json()["items"]
    assert [(each["key"], each["text"]) for each in prompts] == [
        ("m1", "a red cube"), ("m2", "a boat"),
    ]  # fmt: skip
    sent = api.get(f"{ADDRESS}/{found['id']}/questions")
    assert sent.text == QUESTIONS
    assert api.get(f"{ADDRESS}/{found['id']}").json() == found


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "The questions cannot be used: 'Cubes' is empty."),
        ({"text": "a,b\n1,2\n"}, "lacks the columns 'item_id'"),
        ({"text": QUESTIONS + "m2,a ship,2,0,Is it a ship?\n"}, "item 'm2' has another text"),
        ({"name": "  "}, "A name has 1 to 120 characters."),
    ],
)
def test_questions_that_are_not_right_store_nothing(
    api: TestClient, session: Session, changes: dict[str, str], sentence: str
) -> None:
    answer = api.post(ADDRESS, json={"name": "Cubes", "text": QUESTIONS} | changes)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]
    assert session.scalar(select(func.count()).select_from(Benchmark)) == 0
    assert session.scalar(select(func.count()).select_from(PromptSet)) == 0


def test_items_may_be_prompts_of_a_set_that_is_there(api: TestClient, session: Session) -> None:
    text = '{"key": "m1", "text": "a red cube"}\n{"key": "m2", "text": "a boat"}'
    prompt_set = make_prompt_set(session, text)
    new = {"name": "Cubes", "text": QUESTIONS, "prompt_set_id": str(prompt_set.id)}
    assert api.post(ADDRESS, json=new).json()["prompt_set_id"] == str(prompt_set.id)
    other = make_prompt_set(session, name="Others")
    refused = api.post(ADDRESS, json=new | {"name": "B", "prompt_set_id": str(other.id)})
    assert refused.json()["detail"] == "Item 'm1' is no prompt of the set 'Others'."


def test_benchmarks_are_listed_and_changed(api: TestClient, session: Session) -> None:
    made = [make_benchmark(session) for _ in range(2)]
    listed = [row["id"] for row in api.get(ADDRESS).json()["items"]]
    assert listed == [str(each.id) for each in reversed(made)]
    address = f"{ADDRESS}/{made[0].id}"
    assert api.patch(address, json={"name": "New", "archived": True}).json()["name"] == "New"
    assert len(api.get(ADDRESS).json()["items"]) == 1
    assert api.get(f"{ADDRESS}/{uuid.uuid4()}").status_code == 404


def test_scores_are_listed_by_what_was_measured_and_by_what(
    api: TestClient, session: Session
) -> None:
    one, other, benchmark = make_variant(session), make_variant(session), make_benchmark(session)
    good = make_score(session, one, benchmark, value=90.5)
    empty = make_score(session, other, benchmark, value=None, n_items=0, gaps=5)
    assert [row["id"] for row in api.get("/api/v1/scores").json()["items"]] == [
        str(empty.id), str(good.id),
    ]  # fmt: skip
    (row,) = api.get(f"/api/v1/scores?variant={one.id}").json()["items"]
    assert (row["value"], row["mode"], row["judge"]) == (90.5, "dsg", "blip-vqa")
    (row,) = api.get(f"/api/v1/scores?job={empty.job_id}&benchmark={benchmark.id}").json()["items"]
    assert (row["value"], row["gaps"]) == (None, 5)
