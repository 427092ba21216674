import uuid

import pytest

from domain.users import queries, sessions
from domain.users import service as users
from domain.users.models import AuditEntry
from tests.factories import make_user

from .conftest import Terminal


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def test_a_person_is_added_and_let_in_by_the_printed_link(terminal: Terminal) -> None:
    done = terminal.run("user", "add", "Ana@Example.org", "--name", "Ana", "--role", "researcher")
    assert done.exit_code == 0
    sentence, until, link = done.stdout.splitlines()
    assert sentence == "ana@example.org was added as researcher."
    assert until.startswith("This link signs in once, until ")
    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    with terminal.database() as session:
        assert users.use_link(session, token_of(link)).name == "Ana"


def test_the_link_leads_to_the_configured_address(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GGEZ_BASE_URL", "https://ggez.example.org")
    facts = terminal.read("user", "add", "ana@example.org", "--role", "admin")
    assert facts["link"].startswith("https://ggez.example.org/sign-in/")


def test_as_json_a_person_is_one_object(terminal: Terminal) -> None:
    facts = terminal.read("user", "add", "ana@example.org", "--role", "annotator")
    assert set(facts) == {
        *("id", "email", "name", "role", "created_at", "disabled_at"),
        *("link", "link_expires_at", "running"),
    }
    assert (facts["email"], facts["role"], facts["running"]) == (
        "ana@example.org",
        "annotator",
        False,
    )


def test_an_address_is_added_once(terminal: Terminal) -> None:
    terminal.read("user", "add", "ana@example.org", "--role", "admin")
    assert terminal.refuse("user", "add", "ANA@example.org", "--role", "admin") == (
        1,
        "There is already a person with the address ana@example.org.",
    )


def test_bad_input_changes_nothing(terminal: Terminal) -> None:
    assert terminal.refuse("user", "add", "ana", "--role", "admin") == (
        2,
        "'ana' is not an e-mail address.",
    )
    code, sentence = terminal.refuse("user", "add", "ana@example.org", "--role", "king", "--json")
    assert code == 2
    assert sentence.startswith("Invalid value for '--role': 'king' is not one of")
    assert terminal.refuse("user", "add", "ana@example.org")[0] == 2
    assert terminal.read("user", "list") == {"items": []}


def test_people_are_listed_newest_first_and_by_the_page(terminal: Terminal) -> None:
    for name in ("one", "two", "three"):
        terminal.read("user", "add", f"{name}@example.org", "--role", "annotator")
    first = terminal.read("user", "list", "--limit", 2)["items"]
    assert [person["email"] for person in first] == ["three@example.org", "two@example.org"]
    rest = terminal.read("user", "list", "--before", first[-1]["id"])["items"]
    assert [person["email"] for person in rest] == ["one@example.org"]


def test_the_list_for_people_has_columns(terminal: Terminal) -> None:
    terminal.read("user", "add", "ana@example.org", "--role", "annotator", "--name", "Ana")
    header, row = terminal.run("user", "list").stdout.splitlines()
    assert header.split() == ["EMAIL", "ROLE", "NAME", "DISABLED", "ID"]
    assert row.split()[:3] == ["ana@example.org", "annotator", "Ana"]
    assert row.index("annotator") == header.index("ROLE")


def test_a_new_link_makes_the_former_one_useless(terminal: Terminal) -> None:
    first = terminal.read("user", "add", "ana@example.org", "--role", "admin")["link"]
    second = terminal.read("user", "link", "ana@example.org")["link"]
    with terminal.database() as session:
        assert users.check_link(session, token_of(second)).email == "ana@example.org"
    assert terminal.run("user", "link", "ana@example.org").stdout.count("/sign-in/") == 1
    assert first != second


def test_a_reset_link_forgets_the_password_when_it_is_used(terminal: Terminal) -> None:
    with terminal.database() as session:
        make_user(session, email="ana@example.org", password="correct horse battery")
    link = terminal.read("user", "link", "ana@example.org", "--reset")["link"]
    with terminal.database() as session:
        sessions.sign_in_with_password(session, "ana@example.org", "correct horse battery")
        assert users.use_link(session, token_of(link)).password_hash is None


def test_nobody_gets_no_link(terminal: Terminal) -> None:
    assert terminal.refuse("user", "link", "nobody@example.org") == (
        1,
        "There is no person 'nobody@example.org'.",
    )


def test_what_the_terminal_does_is_audited_without_secrets(terminal: Terminal) -> None:
    facts = terminal.read("user", "add", "ana@example.org", "--role", "admin")
    with terminal.database() as session:
        entries = queries.list_audit_entries(session)
        assert [(entry.action, entry.actor) for entry in entries] == [
            ("user.create_link", "system"),
            ("user.create", "system"),
        ]
        assert all(token_of(facts["link"]) not in str(entry.detail) for entry in entries)
        assert {entry.subject_id for entry in session.query(AuditEntry)} == {facts["id"]}
        assert uuid.UUID(facts["id"])
