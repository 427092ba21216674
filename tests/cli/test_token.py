import datetime as dt
import uuid

import pytest

from domain import clock
from domain.users import tokens
from tests.factories import make_user

from .conftest import Terminal

EMAIL = "ana@example.org"


@pytest.fixture(autouse=True)
def _ana(terminal: Terminal) -> None:
    with terminal.database() as session:
        make_user(session, email=EMAIL, role="researcher")


def create(terminal: Terminal, *words: object) -> dict:
    return terminal.read("token", "create", "--user", EMAIL, "--name", "notebook", *words)


def test_a_token_is_printed_and_lets_its_person_in(terminal: Terminal) -> None:
    done = terminal.run("token", "create", "--user", EMAIL, "--name", "notebook")
    assert done.exit_code == 0
    secret = done.stdout.splitlines()[-1]
    with terminal.database() as session:
        person = tokens.find_person(session, secret)
        assert person is not None
        assert person.email == EMAIL


def test_a_token_is_shown_once(terminal: Terminal) -> None:
    secret = create(terminal)["token"]
    listed = terminal.run("token", "list", "--json").stdout
    assert secret not in listed
    assert secret[:9] in listed
    assert secret not in terminal.run("token", "list").stdout


@pytest.mark.parametrize(("words", "days"), [((), 90), (("--expires-days", 7), 7)])
def test_a_token_ends_after_so_many_days(terminal: Terminal, words: tuple, days: int) -> None:
    until = dt.datetime.fromisoformat(create(terminal, *words)["expires_at"])
    assert abs(until - clock.now() - dt.timedelta(days=days)) < dt.timedelta(minutes=1)


def test_a_token_may_have_no_end(terminal: Terminal) -> None:
    assert create(terminal, "--never-expires")["expires_at"] is None


def test_bad_input_makes_no_token(terminal: Terminal) -> None:
    words = ("token", "create", "--user", EMAIL)
    assert terminal.refuse(*words, "--name", "x", "--expires-days", 0) == (
        2,
        "A token is valid for 1 to 366 days.",
    )
    assert terminal.refuse(*words, "--name", " ")[0] == 2
    assert terminal.refuse(*words)[0] == 2
    stranger = ("token", "create", "--user", "nobody@example.org", "--name", "x")
    assert terminal.refuse(*stranger) == (1, "There is no person 'nobody@example.org'.")
    assert terminal.read("token", "list") == {"items": []}


def test_tokens_are_listed_by_person(terminal: Terminal) -> None:
    with terminal.database() as session:
        make_user(session, email="ben@example.org")
    create(terminal)
    terminal.read("token", "create", "--user", "ben@example.org", "--name", "of Ben")
    named = [token["name"] for token in terminal.read("token", "list")["items"]]
    assert named == ["of Ben", "notebook"]
    own = terminal.read("token", "list", "--user", "ben@example.org")["items"]
    assert [token["user"] for token in own] == ["ben@example.org"]


def test_a_revoked_token_is_useless(terminal: Terminal) -> None:
    made = create(terminal)
    done = terminal.run("token", "revoke", made["id"])
    assert done.stdout == f"Token 'notebook' of {EMAIL} was revoked.\n"
    with terminal.database() as session:
        assert tokens.find_person(session, made["token"]) is None
    assert terminal.read("token", "revoke", made["id"])["revoked_at"] is not None


def test_only_a_token_can_be_revoked(terminal: Terminal) -> None:
    assert terminal.refuse("token", "revoke", uuid.uuid4())[0] == 1
    assert terminal.refuse("token", "revoke", "notebook")[0] == 2
