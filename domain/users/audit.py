"""The audit log: who did what to what, and when. Rows are only ever added.

Recorded in the same transaction as the act: what did not happen leaves no entry, and what
happened leaves one.
"""

from typing import Any

from sqlalchemy.orm import Session

from domain.users.models import AuditEntry
from domain.users.person import Person

SYSTEM = "system"
"""The actor's name for what the terminal or the product itself does."""


def record(
    session: Session,
    actor: Person | None,
    action: str,
    *,
    subject: tuple[str, object],
    **detail: Any,
) -> AuditEntry:
    """Note an act. `action` is noun.verb; `subject` is its kind and id, such as ("user", id).

    `detail` never holds secrets: no token, link or password.
    """
    subject_kind, subject_id = subject
    entry = AuditEntry(
        actor_id=actor.id if actor else None,
        actor=actor.email if actor else SYSTEM,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=detail,
    )
    session.add(entry)
    return entry
