import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.db import make_session_factory
from domain.users import audit, passwords, queries, sessions, tokens
from domain.users import service as users
from domain.users.errors import (
    EmailInvalid,
    EmailTaken,
    LastAdmin,
    LinkSpent,
    NameTooLong,
    NotYours,
    RoleUnknown,
    SignInRefused,
    UserDisabled,
    UserNotFound,
)
from domain.users.models import AuditEntry, LinkPurpose, SignInLink, User, UserSession
from domain.users.person import Person
from tests.factories import make_user
from tests.web import LIFETIME


def list_actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_person_is_created_with_a_tidy_address_and_an_audit_entry(session: Session) -> None:
    admin = Person.of(make_user(session, role="admin"))
    user = users.create_user(
        session, email=" Sari@Example.org ", role="annotator", name=" Sari  W ", actor=admin
    )
    assert (user.email, user.name, user.role) == ("sari@example.org", "Sari W", "annotator")
    entry = queries.list_audit_entries(session)[0]
    assert (entry.actor, entry.action, entry.subject_id) == (
        admin.email,
        "user.create",
        str(user.id),
    )


@pytest.mark.parametrize(
    "email",
    ["", "sari", "@example.org", "a b@example.org", "a@b@c", "<a>@b", "a\x1b[31m@b", "\ud800@b"],
)
def test_what_is_not_an_address_is_refused(session: Session, email: str) -> None:
    with pytest.raises(EmailInvalid):
        users.create_user(session, email=email, role="admin")


def test_an_address_belongs_to_one_person(session: Session) -> None:
    users.create_user(session, email="sari@example.org", role="annotator")
    with pytest.raises(EmailTaken, match=r"sari@example\.org"):
        users.create_user(session, email="SARI@example.org", role="admin")


def test_unknown_roles_and_endless_names_are_refused(session: Session) -> None:
    with pytest.raises(RoleUnknown, match="annotator"):
        users.create_user(session, email="a@example.org", role="king")
    with pytest.raises(NameTooLong):
        users.create_user(session, email="a@example.org", role="admin", name="x" * 121)


def test_names_hold_nothing_that_a_terminal_obeys(session: Session) -> None:
    user = make_user(session)
    assert users.rename(session, user.id, "Sa\x1b]0;ri\x07\x9b").name == "Sa]0;ri"
    made = tokens.create_token(session, user, name="night\x1bly\ud800")
    assert made.row.name == "nightly"


def test_who_signed_in_while_being_shut_out_is_not_in_when_enabled_again(session: Session) -> None:
    user = make_user(session)
    users.disable(session, user.id, actor=None)
    late = sessions.open_session(session, user, LIFETIME)
    users.enable(session, user.id, actor=None)
    assert sessions.find_session(session, late.token, LIFETIME) is None


def test_the_first_admin_is_made_once(session: Session) -> None:
    first = users.ensure_first_admin(session)
    assert (first.email, first.role) == (users.FIRST_ADMIN_EMAIL, "admin")
    assert users.ensure_first_admin(session).id == first.id


def test_a_role_changes_and_says_from_what_to_what(session: Session) -> None:
    admin, user = make_user(session, role="admin"), make_user(session, role="annotator")
    users.change_role(session, user.id, "researcher", actor=Person.of(admin))
    assert user.role == "researcher"
    session.flush()
    entry = queries.list_audit_entries(session)[0]
    assert entry.detail == {"email": user.email, "old": "annotator", "new": "researcher"}


def test_the_last_admin_stays(session: Session) -> None:
    admin = make_user(session, role="admin")
    make_user(session, role="admin", disabled_at=clock.now())
    with pytest.raises(LastAdmin, match=admin.email):
        users.change_role(session, admin.id, "researcher", actor=None)
    with pytest.raises(LastAdmin):
        users.disable(session, admin.id, actor=None)
    make_user(session, role="admin")
    users.change_role(session, admin.id, "researcher", actor=None)
    assert admin.role == "researcher"


def test_nobody_demotes_or_disables_themselves(session: Session) -> None:
    make_user(session, role="admin")
    admin = Person.of(make_user(session, role="admin"))
    with pytest.raises(NotYours):
        users.change_role(session, admin.id, "researcher", actor=admin)
    with pytest.raises(NotYours):
        users.disable(session, admin.id, actor=admin)


def test_who_is_disabled_is_out_at_once_and_everywhere(session: Session) -> None:
    user = make_user(session)
    browser = sessions.open_session(session, user, LIFETIME)
    token = tokens.create_token(session, user, name="program").secret
    link = users.create_sign_in_link(session, user)
    users.disable(session, user.id, actor=None)
    assert sessions.find_session(session, browser.token, LIFETIME) is None
    assert tokens.find_person(session, token) is None
    with pytest.raises(LinkSpent):
        users.use_link(session, link)
    with pytest.raises(UserDisabled):
        users.create_sign_in_link(session, user)
    users.enable(session, user.id, actor=None)
    assert tokens.find_person(session, token) is not None
    assert "user.disable" in list_actions(session)
    assert "user.enable" in list_actions(session)


def test_acting_on_nobody_says_so(session: Session) -> None:
    with pytest.raises(UserNotFound):
        users.disable(session, uuid.uuid4(), actor=None)
    with pytest.raises(UserNotFound):
        users.get_user(session, uuid.uuid4())


def test_a_link_lets_in_once(session: Session) -> None:
    user = make_user(session)
    link = users.create_sign_in_link(session, user)
    assert users.check_link(session, link).id == user.id
    assert users.check_link(session, link).id == user.id
    assert users.use_link(session, link).id == user.id
    with pytest.raises(LinkSpent):
        users.use_link(session, link)
    with pytest.raises(LinkSpent):
        users.check_link(session, link)


def test_a_link_expires(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    link = users.create_sign_in_link(session, make_user(session))
    later = clock.now() + users.LINK_VALID_FOR + dt.timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(LinkSpent):
        users.use_link(session, link)


def test_a_new_link_ends_the_one_before(session: Session) -> None:
    user = make_user(session)
    first = users.create_sign_in_link(session, user)
    second = users.create_sign_in_link(session, user)
    with pytest.raises(LinkSpent):
        users.use_link(session, first)
    assert users.use_link(session, second).id == user.id


def test_links_are_stored_as_digests_only(session: Session) -> None:
    link = users.create_sign_in_link(session, make_user(session))
    row = session.scalars(select(SignInLink)).one()
    assert link.encode() not in row.token_sha256
    assert all(link not in str(entry.detail) for entry in queries.list_audit_entries(session))


def test_a_reset_link_forgets_the_password_when_it_is_used_and_not_before(
    session: Session,
) -> None:
    user = make_user(session, password="correct horse battery")
    browser = sessions.open_session(session, user, LIFETIME)
    link = users.create_sign_in_link(session, user, LinkPurpose.RESET)
    assert user.password_hash is not None
    users.use_link(session, link)
    assert user.password_hash is None
    assert sessions.find_session(session, browser.token, LIFETIME) is None


def test_of_two_browsers_that_use_a_link_at_the_same_moment_one_wins(engine: Engine) -> None:
    factory = make_session_factory(engine)
    with factory.begin() as session:
        user = make_user(session)
        link = users.create_sign_in_link(session, user)

    def use() -> bool:
        try:
            with factory.begin() as session:
                users.use_link(session, link)
        except LinkSpent:
            return False
        return True

    try:
        with ThreadPoolExecutor(8) as pool:
            won = [future.result() for future in [pool.submit(use) for _ in range(8)]]
        assert sum(won) == 1
    finally:
        erase(engine, user)


def test_of_links_made_at_the_same_moment_one_works(engine: Engine) -> None:
    factory = make_session_factory(engine)
    with factory.begin() as session:
        user = make_user(session)
    barrier = threading.Barrier(4)

    def make() -> str:
        with factory.begin() as session:
            found = users.get_user(session, user.id)
            barrier.wait(timeout=10)
            return users.create_sign_in_link(session, found)

    def works(link: str) -> bool:
        try:
            with factory() as session:
                users.check_link(session, link)
        except LinkSpent:
            return False
        return True

    try:
        with ThreadPoolExecutor(4) as pool:
            links = [future.result() for future in [pool.submit(make) for _ in range(4)]]
        assert sum(map(works, links)) == 1
    finally:
        erase(engine, user)


def test_two_admins_who_demote_each_other_at_the_same_moment_do_not_both_succeed(
    engine: Engine,
) -> None:
    factory = make_session_factory(engine)
    with factory.begin() as session:
        pair = [make_user(session, role="admin") for _ in range(2)]
        people = [Person.of(user) for user in pair]

    def demote(actor: Person, other: Person) -> bool:
        try:
            with factory.begin() as session:
                users.change_role(session, other.id, "researcher", actor=actor)
        except LastAdmin:
            return False
        return True

    try:
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(demote, *people), pool.submit(demote, *reversed(people))]
            assert sorted(future.result() for future in futures) == [False, True]
    finally:
        erase(engine, *pair)


def test_a_password_that_changes_while_the_old_one_is_checked_lets_nobody_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = make_session_factory(engine)
    with factory.begin() as session:
        user = users.set_password(session, make_user(session).id, "the old password")
    check = passwords.matches

    def check_slowly(password: str, password_hash: str | None) -> bool:
        monkeypatch.setattr(passwords, "matches", check)
        with factory.begin() as session:
            users.set_password(session, user.id, "a new password", current="the old password")
        return check(password, password_hash)

    monkeypatch.setattr(passwords, "matches", check_slowly)
    try:
        with factory.begin() as session, pytest.raises(SignInRefused):
            sessions.sign_in_with_password(session, user.email, "the old password")
    finally:
        erase(engine, user)


def test_two_requests_that_add_the_same_person_make_one(engine: Engine) -> None:
    factory = make_session_factory(engine)

    def add() -> bool:
        try:
            with factory.begin() as session:
                users.create_user(session, email="twice@example.org", role="annotator")
        except EmailTaken:
            return False
        return True

    try:
        with ThreadPoolExecutor(4) as pool:
            made = [future.result() for future in [pool.submit(add) for _ in range(4)]]
        assert sum(made) == 1
    finally:
        with factory() as session:
            user = users.find_user(session, "twice@example.org")
        assert user is not None
        erase(engine, user)


def erase(engine: Engine, *people: User) -> None:
    """After a test that had to commit for good."""
    ids = [user.id for user in people]
    with make_session_factory(engine).begin() as session:
        session.execute(delete(AuditEntry))
        session.execute(delete(SignInLink).where(SignInLink.user_id.in_(ids)))
        session.execute(delete(UserSession).where(UserSession.user_id.in_(ids)))
        session.execute(delete(User).where(User.id.in_(ids)))


def test_the_audit_log_is_filtered_and_paged(session: Session) -> None:
    admin = Person.of(make_user(session, role="admin"))
    for number in range(5):
        audit.record(session, admin, "thing.do", subject=("thing", number), number=number)
    audit.record(session, None, "thing.stop", subject=("thing", 1))
    session.flush()

    def find(**wanted: object) -> list[tuple[str, str]]:
        chosen = queries.AuditFilter(**wanted)  # type: ignore[arg-type]  # spelled by the test
        return [(e.action, e.subject_id) for e in queries.list_audit_entries(session, chosen)]

    assert len(find()) == 6
    assert find(action="thing.stop") == [("thing.stop", "1")]
    assert find(actor="SYSTEM") == [("thing.stop", "1")]
    assert find(subject="thing:1") == [("thing.stop", "1"), ("thing.do", "1")]
    assert find(subject="other") == []
    assert find(actor="%") == []
    assert find(until=clock.now() - dt.timedelta(minutes=1)) == []
    assert len(find(since=clock.now() - dt.timedelta(minutes=1))) == 6
    first = queries.list_audit_entries(session, limit=4)
    rest = queries.list_audit_entries(session, limit=4, before=first[-1].id)
    assert [entry.subject_id for entry in [*first, *rest]] == ["1", "4", "3", "2", "1", "0"]
    assert queries.list_audit_actions(session) == ["thing.do", "thing.stop"]


def test_people_are_counted(session: Session) -> None:
    before = session.scalar(select(func.count()).select_from(User))
    make_user(session)
    assert queries.count_people(session) == (before or 0) + 1
