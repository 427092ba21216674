import re
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from domain.users import tokens
from tests.factories import make_user
from tests.web import SignedInClient

SignIn = Callable[..., SignedInClient]


def test_anonymous_visitors_are_sent_to_sign_in(client: TestClient) -> None:
    assert client.get("/tokens").headers["location"] == "/sign-in?next=/tokens"


def test_annotators_have_no_tokens(sign_in: SignIn) -> None:
    assert sign_in("annotator").get("/tokens").status_code == 403


def test_an_empty_list_says_what_a_token_is(sign_in: SignIn) -> None:
    page = sign_in("researcher").get("/tokens")
    assert page.status_code == 200
    assert "No tokens yet" in page.text


def test_a_new_token_is_shown_once_and_works(sign_in: SignIn, client: TestClient) -> None:
    mine = sign_in("researcher")
    answer = mine.post("/tokens", data={"name": "nightly", "valid_days": "30"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    secret = re.search(r"ggez_[\w-]{20,}", answer.text)
    assert secret is not None
    listed = mine.get("/tokens").text
    assert "nightly" in listed
    assert secret[0] not in listed
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret[0]}"})
    assert me.json()["email"] == mine.user.email


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "valid_days": "30"}, "Say what the token is for"),
        ({"name": "x" * 81, "valid_days": "30"}, "Say what the token is for"),
        ({"name": "nightly", "valid_days": "9999"}, "1 to 366 days"),
        ({"name": "nightly", "valid_days": "soon"}, "valid_days"),
    ],
)
def test_bad_input_makes_no_token(sign_in: SignIn, form: dict[str, str], said: str) -> None:
    client = sign_in("researcher")
    answer = client.post("/tokens", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "No tokens yet" in client.get("/tokens").text


def test_a_part_of_the_list_comes_without_the_page(sign_in: SignIn) -> None:
    answer = sign_in("researcher").get("/tokens", headers={"HX-Request": "true"})
    assert "No tokens yet" in answer.text
    assert "<html" not in answer.text


def test_one_sees_and_revokes_ones_own_and_an_admin_everybodys(
    sign_in: SignIn, session: Session
) -> None:
    owner = make_user(session, role="researcher", name="Sari")
    made = tokens.create_token(session, owner, name="of Sari")
    other, admin = sign_in("researcher"), sign_in("admin")
    assert "of Sari" not in other.get("/tokens").text
    assert "of Sari" in admin.get("/tokens").text
    address = f"/tokens/{made.row.id}/revoke"
    assert other.post(address).status_code == 404
    assert admin.post(address).headers["location"] == "/tokens"
    session.refresh(made.row)
    assert made.row.revoked_at is not None
    assert "Revoked" in admin.get("/tokens").text


def test_a_token_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("admin").post(f"/tokens/{uuid.uuid4()}/revoke").status_code == 404
