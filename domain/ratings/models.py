"""Tables of raters and ratings. A rating is only ever added: a change supersedes, history stays."""

import datetime as dt
import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain import clock
from domain.db import Id, Json, Table


class RaterState(enum.StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  # by a rule or a researcher
    WITHDRAWN = "withdrawn"


class AssignmentState(enum.StrEnum):
    LEASED = "leased"  # holds a place of its item until the lease ends
    RELEASED = "released"  # the lease ended; the place went back
    PRIMARY = "primary"  # scored, and counts for the quota
    SURPLUS = "surplus"  # scored after its place was taken
    CANNOT_JUDGE = "cannot_judge"
    SKIPPED = "skipped"


class CannotJudge(enum.StrEnum):
    NOT_MY_REGION = "not_my_region"
    CANNOT_TELL = "cannot_tell"
    BROKEN = "broken"
    OFFENSIVE = "offensive"


def _quote(values: type[enum.StrEnum]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Invite(Table):
    """A link that lets people in; its token is stored as a digest and shown once."""

    __tablename__ = "study_invites"
    __table_args__ = (
        UniqueConstraint("token_sha256"),
        CheckConstraint("max_uses IS NULL OR max_uses >= 1", name="max_uses"),
        CheckConstraint("num_uses >= 0", name="num_uses"),
        Index(None, "study_id"),
    )

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    label: Mapped[str] = mapped_column(default="")
    token_sha256: Mapped[bytes]
    max_uses: Mapped[int | None]
    num_uses: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT")
    )


class Rater(Table):
    """A person in one study. `number` is their pseudonym in exports."""

    __tablename__ = "raters"
    __table_args__ = (
        UniqueConstraint("study_id", "user_id"),
        UniqueConstraint("study_id", "number"),
        CheckConstraint(f"state IN ({_quote(RaterState)})", name="state"),
        Index(None, "user_id"),
    )

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    # None once withdrawn, when a count is what stays; and of the simulated, who are nobody.
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    invite_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("study_invites.id", ondelete="RESTRICT")
    )
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=RaterState.ACTIVE.value)
    paused_because: Mapped[str] = mapped_column(default="")
    seed: Mapped[int] = mapped_column(BigInteger)
    # What they said of themselves when they joined: country, languages, places, expertise.
    profile: Mapped[Json] = mapped_column(default=dict)
    is_in_region: Mapped[bool | None]
    consented_version: Mapped[int]
    consented_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    practised_at: Mapped[dt.datetime | None]
    num_controls_failed: Mapped[int] = mapped_column(default=0)
    num_erased: Mapped[int] = mapped_column(default=0)  # the tombstone of a withdrawal
    is_simulated: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    joined_at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class Assignment(Table):
    """One item in one rater's hands: never a second time. Its id is random, and all that a
    browser knows of the item.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("item_id", "rater_id"),
        CheckConstraint(f"state IN ({_quote(AssignmentState)})", name="state"),
        Index(None, "rater_id", "state"),
        Index(
            None,
            "lease_expires_at",
            postgresql_where=text("state = 'leased'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("study_items.id", ondelete="RESTRICT"))
    rater_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("raters.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(default=AssignmentState.LEASED.value)
    turn: Mapped[int]  # the rater's first, second, ... item
    # Which slot stands where: position -> slot. Drawn once, the same on every visit.
    slots: Mapped[list[Any]] = mapped_column(JSONB)
    taken_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    lease_expires_at: Mapped[dt.datetime]
    flagged_at: Mapped[dt.datetime | None]


class Rating(Table):
    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("client_key"),
        # Each is changed at most once: who changes again changes the newest.
        UniqueConstraint("supersedes_id"),
        CheckConstraint(
            f"cannot_judge IS NULL OR cannot_judge IN ({_quote(CannotJudge)})", name="cannot_judge"
        ),
        CheckConstraint("active_ms >= 0", name="active_ms"),
        Index(None, "assignment_id"),
    )

    id: Mapped[Id]
    assignment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("assignments.id", ondelete="RESTRICT")
    )
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("ratings.id", ondelete="RESTRICT")
    )
    client_key: Mapped[uuid.UUID]
    version: Mapped[int]  # of the study's words
    cannot_judge: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")  # as it was sent
    # Whether the rater was asked about Zawgyi, and the comment in Unicode if that was the answer.
    is_zawgyi_asked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    comment_in_unicode: Mapped[str | None]
    slots: Mapped[list[Any]] = mapped_column(JSONB)  # as the rater saw them
    ui_language: Mapped[str]
    active_ms: Mapped[int] = mapped_column(BigInteger)
    client_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    app_version: Mapped[str]


class RatingScore(Table):
    """One value. likert: the level. rank: the place of the slot, from 1. pair: the slot that is
    better, or -1 for a tie and -2 for both bad.
    """

    __tablename__ = "rating_scores"
    __table_args__ = (
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint("value BETWEEN -2 AND 100", name="value"),
    )

    rating_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ratings.id", ondelete="RESTRICT"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
