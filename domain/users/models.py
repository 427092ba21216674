"""Who people are and how they prove it. Secrets are stored as SHA-256 only, and shown once."""

import datetime as dt
import enum
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain import clock
from domain.db import Id, Json, Table, new_id


class Role(enum.StrEnum):
    ADMIN = "admin"
    RESEARCHER = "researcher"
    ANNOTATOR = "annotator"


class LinkPurpose(enum.StrEnum):
    SIGN_IN = "sign_in"
    RESET = "reset"


class User(Table):
    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'researcher', 'annotator')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        UniqueConstraint("email"),
    )

    id: Mapped[Id]
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    disabled_at: Mapped[dt.datetime | None]


class UserSession(Table):
    """A browser that is signed in. The cookie holds the token; the row holds its digest."""

    __tablename__ = "user_sessions"
    __table_args__ = (UniqueConstraint("token_sha256"), Index(None, "user_id"))

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    token_sha256: Mapped[bytes]
    form_token: Mapped[str]
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    user: Mapped[User] = relationship(lazy="raise")


class SignInLink(Table):
    __tablename__ = "sign_in_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('sign_in', 'reset')", name="purpose"),
        UniqueConstraint("token_sha256"),
        Index(None, "user_id"),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    purpose: Mapped[str]
    token_sha256: Mapped[bytes]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    user: Mapped[User] = relationship(lazy="raise")


class ApiToken(Table):
    __tablename__ = "api_tokens"
    __table_args__ = (UniqueConstraint("token_sha256"), Index(None, "user_id"))

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    name: Mapped[str]
    hint: Mapped[str]  # the token's first characters, to tell one from another
    token_sha256: Mapped[bytes]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[dt.datetime | None]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    user: Mapped[User] = relationship(lazy="raise")


class AuditEntry(Table):
    """Append-only. `actor` stays readable when the person's row is anonymised."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "at"), Index(None, "subject_kind", "subject_id"))

    id: Mapped[Id]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    detail: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))


class IdempotencyKey(Table):
    """The first answer to a POST that carried an Idempotency-Key, to repeat it word for word."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index(None, "created_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    key: Mapped[str]
    request_sha256: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[Json]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
