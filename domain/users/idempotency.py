"""One answer per idempotency key: a program that repeats a POST gets the first answer again."""

import datetime as dt
import re
import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.db import Json
from domain.users.errors import IdempotencyKeyInvalid, IdempotencyKeyReused
from domain.users.models import IdempotencyKey

KEPT_FOR = dt.timedelta(days=1)
MAX_KEY_LENGTH = 120
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")


def claim(
    session: Session, user_id: uuid.UUID, key: str, request_sha256: bytes
) -> IdempotencyKey | None:
    """The stored first answer, or None for the first request.

    Holds the key until the commit: of two equal requests at the same moment the second waits,
    and then finds the answer of the first.
    """
    if len(key) > MAX_KEY_LENGTH or not _VISIBLE_ASCII.fullmatch(key):
        raise IdempotencyKeyInvalid(MAX_KEY_LENGTH)
    name = f"idempotency:{user_id}:{key}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id,
            IdempotencyKey.created_at < clock.now() - KEPT_FOR,
        )
    )
    stored = session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    )
    if stored is not None and stored.request_sha256 != request_sha256:
        raise IdempotencyKeyReused(key)
    return stored


def remember(
    session: Session,
    user_id: uuid.UUID,
    key: str,
    request_sha256: bytes,
    *,
    status: int,
    answer: Json,
) -> None:
    session.add(
        IdempotencyKey(
            user_id=user_id, key=key, request_sha256=request_sha256, status=status, answer=answer
        )
    )
