"""The pages of benchmarks: who may see them, what they show, what they refuse."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.benchmarks.models import Benchmark
from domain.prompts.models import PromptSet
from tests.factories import make_benchmark, make_prompt_set, make_score, make_variant
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
HEAD = "item_id,text,proposition_id,dependency,question_natural_language\n"
QUESTIONS = (
    f"{HEAD}m1,a red cube,1,0,Is there a cube?\n"
    "m1,a red cube,2,1,Is the cube red?\n"
    "m2,a boat,1,see above,Is there a boat?\n"
)


def send(browser: TestClient, text: str | bytes, **fields: str) -> Any:
    data = text.encode() if isinstance(text, str) else text
    fields = {"name": "Cubes", "mode": "dsg", "scope": "global", "prompts": "", **fields}
    return browser.post(
        "/benchmarks/new", data=fields, files={"file": ("questions.csv", data, "text/csv")}
    )


@pytest.mark.parametrize(
    "address", ["/benchmarks", "/benchmarks/new", f"/benchmarks/{uuid.UUID(int=1)}"]
)
def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    assert sign_in("annotator").get(address).status_code == 403


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/benchmarks").text
    assert "No benchmarks yet" in page
    assert page.count('href="/benchmarks/new"') == 1


def test_a_file_of_questions_becomes_a_benchmark_with_prompts_of_its_own(
    sign_in: SignIn, session: Session
) -> None:
    browser = sign_in()
    answer = send(browser, QUESTIONS, scope="regional", mode="dpg")
    made = session.scalars(select(Benchmark)).one()
    assert answer.headers["location"] == f"/benchmarks/{made.id}"
    assert (made.n_items, made.n_questions, made.malformed) == (2, 3, 1)
    assert (made.scope, made.default_mode) == ("regional", "dpg")
    page = browser.get(f"/benchmarks/{made.id}").text
    assert "No scores yet" in page
    assert f'href="/prompts/{made.prompt_set_id}"' in page
    sent_back = browser.get(f"/benchmarks/{made.id}/questions")
    assert sent_back.text == QUESTIONS
    assert sent_back.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in sent_back.headers["content-disposition"]


def test_questions_may_be_about_prompts_that_are_there(sign_in: SignIn, session: Session) -> None:
    lines = ('{"key": "m1", "text": "a red cube"}', '{"key": "m2", "text": "a boat"}')
    prompts = make_prompt_set(session, *lines, name="Things")
    send(sign_in(), QUESTIONS, prompts="Things")
    assert session.scalars(select(Benchmark)).one().prompt_set_id == prompts.id
    assert len(session.scalars(select(PromptSet)).all()) == 1


@pytest.mark.parametrize(
    ("text", "fields", "sentence"),
    [
        ("no,columns\n1,2\n", {}, "The questions cannot be used"),
        (HEAD, {}, "The questions cannot be used"),
        (f"{HEAD}m1,a,1,0,A?\nm1,b,2,1,B?\n", {}, "has another text here than in its first line"),
        (QUESTIONS, {"prompts": "Others"}, "is no prompt of the set"),
        (QUESTIONS, {"name": ""}, "A name has 1 to 120 characters."),
        (QUESTIONS, {"name": "Taken"}, "There is already a benchmark named"),
    ],
)
def test_what_cannot_be_a_benchmark_says_why_and_leaves_nothing(
    sign_in: SignIn, session: Session, text: str, fields: dict[str, str], sentence: str
) -> None:
    taken = make_benchmark(session, name="Taken")
    make_prompt_set(session, name="Others")
    answer = send(sign_in(), text, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "data-error-summary" in answer.text
    assert session.scalars(select(Benchmark)).all() == [taken]


def test_a_file_that_is_not_utf8_is_refused(sign_in: SignIn, session: Session) -> None:
    answer = send(sign_in(), QUESTIONS.replace("boat", "caf\xe9").encode("latin-1"))
    assert answer.status_code == 422
    assert "is not a text file in UTF-8" in answer.text
    assert "data-error-summary" in answer.text
    assert session.scalars(select(Benchmark)).all() == []


def test_scores_stand_in_one_table_per_scope_mode_and_judge_with_the_best_first(
    sign_in: SignIn, session: Session
) -> None:
    benchmark = make_benchmark(session)
    base = make_variant(session, name="World")
    tuned = make_variant(session, name="Region", base=base)
    for variant, value in ((base, 71.25), (tuned, 97.5)):
        make_score(session, variant, benchmark, scope="regional", metric="correct", value=value)
    make_score(session, base, benchmark, mode="dpg", value=None, gaps=5)
    page = " ".join(sign_in().get(f"/benchmarks/{benchmark.id}").text.split())
    assert page.count("Scores, ") == 2
    assert page.index("97.50") < page.index("71.25")
    assert page.count("<strong>") == 3
    assert page.index("71.25") > page.index("Scores, global, mode dpg")


def test_a_benchmark_is_renamed_put_away_and_brought_back(
    sign_in: SignIn, session: Session
) -> None:
    made = make_benchmark(session, name="Old")
    make_benchmark(session, name="Taken")
    browser, address = sign_in(), f"/benchmarks/{made.id}"
    assert browser.post(f"{address}/name", data={"name": "New"}).headers["location"] == address
    assert browser.post(f"{address}/name", data={"name": "Taken"}).status_code == 422
    browser.post(f"{address}/archive")
    assert address not in browser.get("/benchmarks").text
    assert address in browser.get("/benchmarks?archived=true").text
    browser.post(f"{address}/unarchive")
    session.refresh(made)
    assert (made.name, made.archived_at) == ("New", None)


def test_the_list_is_paged(
    sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.shelf.ROWS_PER_PAGE", 1)
    older, newer = make_benchmark(session), make_benchmark(session)
    browser = sign_in()
    assert f'href="/benchmarks/{older.id}"' not in browser.get("/benchmarks").text
    rest = browser.get(f"/benchmarks?cursor={newer.id}").text
    assert f'href="/benchmarks/{older.id}"' in rest


def test_an_unknown_benchmark_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get(f"/benchmarks/{uuid.UUID(int=1)}").status_code == 404
