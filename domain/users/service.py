"""People: add them, change what they may do, let them in by a one-time link."""

import datetime as dt
import re
import uuid

from sqlalchemy import ScalarResult, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from domain import clock
from domain.users import audit, names, passwords, secrets
from domain.users.errors import (
    EmailInvalid,
    EmailTaken,
    LanguageUnknown,
    LastAdmin,
    LinkSpent,
    NameTooLong,
    NotYours,
    PasswordWrong,
    RoleUnknown,
    UserDisabled,
    UserNotFound,
)
from domain.users.models import LinkPurpose, Role, SignInLink, User, UserSession
from domain.users.person import Person

FIRST_ADMIN_EMAIL = "admin@localhost"
LINK_VALID_FOR = dt.timedelta(days=3)
MAX_NAME_LENGTH = 120
_MAX_EMAIL_LENGTH = 254
# One @, no spaces, nothing that a terminal obeys, and both sides not empty. Whether it receives
# mail, only mail can tell; "admin@localhost" must pass.
_SIDE = r"[^@\s<>\"'\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
_EMAIL = re.compile(f"{_SIDE}@{_SIDE}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def get_user(session: Session, user_id: uuid.UUID) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user


def find_user(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def create_user(
    session: Session, *, email: str, role: str, name: str = "", actor: Person | None = None
) -> User:
    email = email.strip().lower()
    if len(email) > _MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(email):
        raise EmailInvalid(email[:_MAX_EMAIL_LENGTH])
    known_role = _read_role(role)
    _lock_email(session, email)
    if find_user(session, email):
        raise EmailTaken(email)
    user = User(email=email, role=known_role.value, name=_clean_name(name))
    session.add(user)
    session.flush()
    audit.record(session, actor, "user.create", subject=("user", user.id), email=email, role=role)
    return user


def ensure_first_admin(session: Session) -> User:
    """The admin who came first; made when there is none, so that somebody can let others in."""
    _lock_email(session, FIRST_ADMIN_EMAIL)
    first = _list_active_admins(session).first()
    if first is not None:
        return first
    return find_user(session, FIRST_ADMIN_EMAIL) or create_user(
        session, email=FIRST_ADMIN_EMAIL, role=Role.ADMIN
    )


def change_role(session: Session, user_id: uuid.UUID, role: str, *, actor: Person | None) -> User:
    new_role = _read_role(role)
    _refuse_oneself(user_id, actor)
    user = _lock_user_among_admins(session, user_id)
    old_role = user.role
    if old_role == new_role:
        return user
    if old_role == Role.ADMIN:
        _refuse_last_admin(session, user)
    user.role = new_role.value
    audit.record(
        session,
        actor,
        "user.change_role",
        subject=("user", user.id),
        email=user.email,
        old=old_role,
        new=user.role,
    )
    return user


def disable(session: Session, user_id: uuid.UUID, *, actor: Person | None) -> User:
    """Shut the person out at once: browsers are signed out, links die, API tokens are refused."""
    _refuse_oneself(user_id, actor)
    user = _lock_user_among_admins(session, user_id)
    if user.disabled_at is not None:
        return user
    if user.role == Role.ADMIN:
        _refuse_last_admin(session, user)
    user.disabled_at = clock.now()
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _withdraw_links(session, user)
    audit.record(session, actor, "user.disable", subject=("user", user.id), email=user.email)
    return user


def enable(session: Session, user_id: uuid.UUID, *, actor: Person | None) -> User:
    user = get_user(session, user_id)
    if user.disabled_at is not None:
        user.disabled_at = None
        # Whoever was signing in while the person was shut out came in behind the door.
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))
        _withdraw_links(session, user)
        audit.record(session, actor, "user.enable", subject=("user", user.id), email=user.email)
    return user


def rename(session: Session, user_id: uuid.UUID, name: str) -> User:
    user = get_user(session, user_id)
    user.name = _clean_name(name)
    return user


def change_language(session: Session, user_id: uuid.UUID, language: str) -> User:
    if not _LANGUAGE.fullmatch(language):
        raise LanguageUnknown(language[:10])
    user = get_user(session, user_id)
    user.language = language
    return user


def set_password(
    session: Session, user_id: uuid.UUID, password: str, *, current: str | None = None
) -> User:
    """Set or change one's own password. Every browser is signed out: whoever took one over is
    out, and the caller opens a fresh session for the person who did this.
    """
    user = get_user(session, user_id)
    if user.password_hash and not passwords.matches(current or "", user.password_hash):
        raise PasswordWrong
    passwords.check_fitness(password, email=user.email)
    user.password_hash = passwords.make_hash(password)
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    _withdraw_links(session, user)
    audit.record(session, Person.of(user), "user.set_password", subject=("user", user.id))
    return user


def create_sign_in_link(
    session: Session,
    user: User,
    purpose: LinkPurpose = LinkPurpose.SIGN_IN,
    *,
    actor: Person | None = None,
    valid_for: dt.timedelta = LINK_VALID_FOR,
) -> str:
    """The token of a link that lets the person in once. Earlier links of theirs stop working.

    A reset link also forgets the password, at the moment it is used: a link that nobody opens
    locks nobody out.
    """
    # Of two links made at the same moment the second one sees, and ends, the first.
    session.refresh(user, with_for_update={"key_share": True})
    if user.disabled_at is not None:
        raise UserDisabled(user.email)
    _withdraw_links(session, user)
    token = secrets.make()
    link = SignInLink(
        user_id=user.id,
        purpose=purpose.value,
        token_sha256=secrets.digest(token),
        expires_at=clock.now() + valid_for,
    )
    session.add(link)
    session.flush()
    audit.record(
        session,
        actor,
        "user.create_link",
        subject=("user", user.id),
        email=user.email,
        purpose=purpose.value,
    )
    return token


def check_link(session: Session, token: str) -> User:
    """Whose link it is, without using it up: the page before the button asks this."""
    link = session.scalar(
        select(SignInLink)
        .where(SignInLink.token_sha256 == secrets.digest(token))
        .options(joinedload(SignInLink.user))
    )
    if link is None or link.used_at or link.expires_at <= clock.now() or link.user.disabled_at:
        raise LinkSpent
    return link.user


def use_link(session: Session, token: str) -> User:
    """Spend the link. Of two at the same moment the database lets one win."""
    now = clock.now()
    spent = session.execute(
        update(SignInLink)
        .where(
            SignInLink.token_sha256 == secrets.digest(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.user_id, SignInLink.purpose)
    ).one_or_none()
    user = session.get(User, spent.user_id) if spent else None
    if spent is None or user is None or user.disabled_at:
        raise LinkSpent
    if spent.purpose == LinkPurpose.RESET:
        user.password_hash = None
        session.execute(delete(UserSession).where(UserSession.user_id == user.id))
    audit.record(session, Person.of(user), "user.use_link", subject=("user", user.id))
    return user


def is_first_link(session: Session, user: User) -> bool:
    """Whether this person has come in once, by the link just used."""
    num_used = session.scalars(
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.user_id == user.id, SignInLink.used_at.is_not(None))
    ).one()
    return user.password_hash is None and num_used == 1


def _withdraw_links(session: Session, user: User) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
        .values(expires_at=func.least(SignInLink.expires_at, clock.now()))
    )


def _read_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise RoleUnknown(role[:40], ", ".join(Role)) from None


def _clean_name(name: str) -> str:
    name = names.tidy(name)
    if len(name) > MAX_NAME_LENGTH:
        raise NameTooLong(MAX_NAME_LENGTH)
    return name


def _refuse_oneself(user_id: uuid.UUID, actor: Person | None) -> None:
    if actor is not None and actor.id == user_id:
        raise NotYours


def _lock_email(session: Session, email: str) -> None:
    """Two requests that add the same address come one after the other, until the commit."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(email, 0))))


def _list_active_admins(session: Session, *, lock: bool = False) -> ScalarResult[User]:
    query = (
        select(User)
        .where(User.role == Role.ADMIN, User.disabled_at.is_(None))
        .order_by(User.created_at, User.id)
    )
    return session.scalars(query.with_for_update() if lock else query)


def _lock_user_among_admins(session: Session, user_id: uuid.UUID) -> User:
    """Two admins who demote each other at the same moment must not both succeed: all admins'
    rows are locked, always in the same order, before the person's own.
    """
    _list_active_admins(session, lock=True).all()
    user = session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise UserNotFound(user_id)
    session.refresh(user)
    return user


def _refuse_last_admin(session: Session, user: User) -> None:
    if all(admin.id == user.id for admin in _list_active_admins(session)):
        raise LastAdmin(user.email)
