"""The pages of prompt sets: who may see them, what they show, what they refuse."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.prompts.models import PromptSet
from tests.factories import list_prompts, make_prompt_set
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]
LINES = (
    '{"key": "p1", "text": "a market at dawn", "scope": "regional", "stratum": "cuisine"}\n'
    '{"key": "p2", "text": "a red cube"}\n'
)


@pytest.mark.parametrize("address", ["/prompts", "/prompts/new", f"/prompts/{uuid.UUID(int=1)}"])
def test_strangers_sign_in_first_and_annotators_stay_out(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    assert client.get(address).headers["location"] == f"/sign-in?next={address}"
    assert sign_in("annotator").get(address).status_code == 403


def test_an_empty_list_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in().get("/prompts").text
    assert "No prompts yet" in page
    assert page.count('href="/prompts/new"') == 1


def test_pasted_lines_become_a_set_with_its_page(sign_in: SignIn, session: Session) -> None:
    browser = sign_in()
    # Browsers send line ends of their own; the digest must not depend on them.
    sent = {"name": " Markets ", "text": LINES.replace("\n", "\r\n"), "scope": "global"}
    answer = browser.post("/prompts/new", data=sent)
    made = session.scalars(select(PromptSet)).one()
    assert answer.headers["location"] == f"/prompts/{made.id}"
    assert (made.name, made.num_prompts, made.source) == ("Markets", 2, "")
    assert [(each.key, each.scope) for each in list_prompts(session, made)] == [
        ("p1", "regional"),
        ("p2", "global"),
    ]
    page = browser.get(f"/prompts/{made.id}").text
    for said in ("a market at dawn", "cuisine", "regional", made.digest, browser.user.email):
        assert said in page


def test_a_file_wins_over_what_was_pasted_and_its_name_is_kept(
    sign_in: SignIn, session: Session
) -> None:
    file = {"file": ("cubes.csv", b"key,text\nc,a blue cube\n", "text/csv")}
    sent = {"name": "Cubes", "text": "something else", "scope": "regional"}
    assert sign_in().post("/prompts/new", data=sent, files=file).status_code == 303
    made = session.scalars(select(PromptSet)).one()
    assert made.source == "cubes.csv"
    (prompt,) = list_prompts(session, made)
    assert (prompt.text, prompt.scope) == ("a blue cube", "regional")


def test_every_wrong_line_is_named_and_what_was_typed_stays(
    sign_in: SignIn, session: Session
) -> None:
    text = (
        '{"key": "a", "text": ""}\n{"key": "b", "text": "fine"}\n{"key": "b", "text": "twice"}\n{'
    )
    answer = sign_in().post("/prompts/new", data={"name": "Mixed", "text": text})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    for line in ("Line 1: ", "Line 3: ", "Line 4: "):
        assert line in answer.text
    assert "Line 2: " not in answer.text
    assert 'value="Mixed"' in answer.text
    assert "twice" in answer.text
    assert session.scalars(select(PromptSet)).all() == []


def test_beyond_a_few_wrong_lines_their_number_is_said(sign_in: SignIn) -> None:
    text = "\n".join('{"key": "x", "text": ""}' for _ in range(30))
    page = sign_in().post("/prompts/new", data={"name": "Mixed", "text": text}).text
    shown = page.count("Line ")
    assert f"{30 - shown + 1} more" in page or f"{30 - shown} more" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "", "text": "a cube"}, "A name has 1 to 120 characters."),
        ({"name": "Cubes", "text": "  \n"}, "There are no prompts in it."),
        ({"name": "Taken", "text": "a cube"}, "There is already a prompt set named"),
    ],
)
def test_what_cannot_be_saved_says_why(
    sign_in: SignIn, session: Session, sent: dict[str, str], sentence: str
) -> None:
    make_prompt_set(session, name="Taken")
    answer = sign_in().post("/prompts/new", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_file_that_is_not_utf8_is_refused(sign_in: SignIn, session: Session) -> None:
    file = {"file": ("prompts.txt", "caf\xe9".encode("latin-1"), "text/plain")}
    answer = sign_in().post("/prompts/new", data={"name": "Cafés"}, files=file)
    assert answer.status_code == 422
    assert "is not a text file in UTF-8" in answer.text
    assert "data-error-summary" in answer.text
    assert session.scalars(select(PromptSet)).all() == []


def test_a_set_is_renamed_put_away_and_brought_back(sign_in: SignIn, session: Session) -> None:
    made = make_prompt_set(session, name="Old")
    make_prompt_set(session, name="Taken")
    browser, address = sign_in(), f"/prompts/{made.id}"
    assert browser.post(f"{address}/name", data={"name": "New"}).headers["location"] == address
    refused = browser.post(f"{address}/name", data={"name": "Taken"})
    assert refused.status_code == 422
    assert 'value="Taken"' in refused.text
    browser.post(f"{address}/archive")
    assert address not in browser.get("/prompts").text
    assert address in browser.get("/prompts?archived=true").text
    assert "not offered for new work" in browser.get(address).text
    assert browser.post(f"{address}/archive").status_code == 409
    browser.post(f"{address}/unarchive")
    session.refresh(made)
    assert (made.name, made.archived_at) == ("New", None)


def test_the_list_and_the_prompts_are_paged(
    sign_in: SignIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.shelf.ROWS_PER_PAGE", 2)
    monkeypatch.setattr("app.prompts.routes.ROWS_PER_PAGE", 2)
    made = [make_prompt_set(session, "one", "two", "three") for _ in range(3)]
    browser = sign_in()
    first = browser.get("/prompts").text
    assert f"cursor={made[1].id}" in first
    assert f'href="/prompts/{made[0].id}"' not in first
    rest = browser.get(f"/prompts?cursor={made[1].id}").text
    assert f'href="/prompts/{made[0].id}"' in rest
    assert 'href="/prompts"' in rest
    address = f"/prompts/{made[0].id}"
    assert "three" not in browser.get(address).text
    assert "three" in browser.get(f"{address}?after=1").text


def test_an_unknown_set_is_not_found(sign_in: SignIn) -> None:
    assert sign_in().get(f"/prompts/{uuid.UUID(int=1)}").status_code == 404
