"""People who came by a study's link: annotators without an address, until they add one."""

import secrets

from sqlalchemy.orm import Session

from domain.users import audit
from domain.users.models import Role, User
from domain.users.person import Person

# Nobody receives mail there, by RFC 2606.
_DOMAIN = "guests.invalid"


def is_guest(user: User) -> bool:
    return user.email.endswith(f"@{_DOMAIN}")


def create(session: Session, *, language: str) -> User:
    user = User(
        email=f"rater-{secrets.token_hex(8)}@{_DOMAIN}",
        role=Role.ANNOTATOR.value,
        language=language,
    )
    session.add(user)
    session.flush()
    audit.record(session, Person.of(user), "user.join", subject=("user", user.id))
    return user
