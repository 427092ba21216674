"""Tables of a study. Ids that reach a rater's browser are random (version 4), never
in the order of creation.
"""

import datetime as dt
import enum
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from domain import clock
from domain.db import Id, Json, Table
from domain.errors import Word
from domain.shelf.models import Named, Noun


class StudyState(enum.StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class ItemKind(enum.StrEnum):
    PRIMARY = "primary"
    PRACTICE = "practice"
    REPEAT = "repeat"  # of a primary item
    PHOTO = "photo"
    WRONG_CULTURE = "wrong_culture"
    GOLD = "gold"
    CHECK = "check"  # says itself what to choose


CONTROLS = frozenset(ItemKind) - {ItemKind.PRIMARY, ItemKind.PRACTICE}


def _quote(values: type[enum.StrEnum]) -> str:
    return ", ".join(f"'{value}'" for value in values)


class Study(Named, Table):
    __tablename__ = "studies"
    __table_args__ = (
        CheckConstraint(f"state IN ({_quote(StudyState)})", name="state"),
        CheckConstraint("seed >= 0", name="seed"),
        CheckConstraint("registration_sha256 ~ '^[0-9a-f]{64}$'", name="registration_sha256"),
        CheckConstraint(
            "(state = 'draft') = (opened_at IS NULL)", name="only_drafts_were_never_open"
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_its_time"),
    )
    noun: ClassVar[Noun] = Noun("study", Word("a study"), Word("an archived study"))

    region: Mapped[str]
    state: Mapped[str] = mapped_column(default=StudyState.DRAFT.value)
    design: Mapped[Json]  # specs.study.design.StudyDesign
    registration: Mapped[Json | None]  # specs.study.registration.Registration
    registration_sha256: Mapped[str | None]  # at opening
    # All that is drawn by chance is drawn from it: items, orders, positions.
    seed: Mapped[int] = mapped_column(BigInteger)
    prompt_set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prompt_sets.id", ondelete="RESTRICT")
    )
    opened_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    # Of the sandbox: simulated raters are allowed here and nowhere else.
    is_sandbox: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    if TYPE_CHECKING:
        newest_version: Mapped[int | None]  # the number of its newest words; below


class StudyVersion(Table):
    """The words, as they were from some time on. The newest counts."""

    __tablename__ = "study_versions"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    number: Mapped[int]
    wording: Mapped[Json]  # specs.study.wording.StudyWording
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT")
    )


# Read with the study itself: every page of a rater needs it, and none needs the words anew.
Study.newest_version = column_property(
    select(func.max(StudyVersion.number))
    .where(StudyVersion.study_id == Study.id)
    .correlate_except(StudyVersion)
    .scalar_subquery()
)


class StudyArm(Table):
    __tablename__ = "study_arms"
    __table_args__ = (
        UniqueConstraint("study_id", "variant_id"),
        UniqueConstraint("study_id", "position"),
        Index(
            None,
            "study_id",
            unique=True,
            postgresql_where=text("is_baseline"),
        ),
        CheckConstraint("NOT (is_baseline AND is_photo)", name="photos_are_no_baseline"),
    )

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    variant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    position: Mapped[int]  # in forms and tables of researchers
    is_baseline: Mapped[bool] = mapped_column(default=False)
    is_photo: Mapped[bool] = mapped_column(default=False)  # controls only, never compared


class StudyPicture(Table):
    """A picture as raters get it: re-encoded once, when the study opened, all to one size and
    format.
    """

    __tablename__ = "study_pictures"
    __table_args__ = (
        UniqueConstraint("study_id", "source_sha256"),
        CheckConstraint("source_sha256 ~ '^[0-9a-f]{64}$'", name="source_sha256"),
        CheckConstraint("width >= 1 AND height >= 1", name="size"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    source_sha256: Mapped[str]
    artifact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("artifacts.id", ondelete="RESTRICT"))
    file: Mapped[str]  # inside the artifact
    width: Mapped[int]
    height: Mapped[int]


class StudyItem(Table):
    """What one rating is about: an output, or two or more of one prompt. `id` is random: nothing
    can be read from it.
    """

    __tablename__ = "study_items"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_quote(ItemKind)})", name="kind"),
        CheckConstraint("(kind = 'repeat') = (original_id IS NOT NULL)", name="repeats_point"),
        CheckConstraint("num_primary >= 0 AND num_open >= 0", name="counts"),
        # Never more than wanted: the database holds the quota, whatever the code does.
        CheckConstraint("num_primary + num_open <= quota", name="quota"),
        Index(None, "study_id", "kind"),
        Index(None, "prompt_id"),
        Index(None, "original_id"),
        Index(None, "question_picture_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    kind: Mapped[str]
    prompt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("prompts.id", ondelete="RESTRICT"))
    stratum: Mapped[str] = mapped_column(default="")
    original_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("study_items.id", ondelete="RESTRICT")
    )
    # Of controls and practice: by criterion, the values that are right.
    expected: Mapped[Json | None]
    question_picture_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("study_pictures.id", ondelete="RESTRICT")
    )
    quota: Mapped[int]  # scored primary ratings wanted
    num_primary: Mapped[int] = mapped_column(default=0)
    num_open: Mapped[int] = mapped_column(default=0)  # leases that hold a place


class StudyItemMember(Table):
    """One output of an item, by its slot. Slots say nothing: arms come to them in drawn order."""

    __tablename__ = "study_item_members"
    __table_args__ = (
        CheckConstraint("slot >= 0", name="slot"),
        CheckConstraint("picture_id IS NOT NULL OR answer <> ''", name="shows_something"),
        Index(None, "output_id"),
        Index(None, "arm_id"),
        Index(None, "picture_id"),
    )

    item_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("study_items.id", ondelete="RESTRICT"), primary_key=True
    )
    slot: Mapped[int] = mapped_column(primary_key=True)
    arm_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("study_arms.id", ondelete="RESTRICT")
    )
    output_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("outputs.id", ondelete="RESTRICT")
    )
    picture_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("study_pictures.id", ondelete="RESTRICT")
    )
    answer: Mapped[str] = mapped_column(default="")


class StudyEvent(Table):
    """What was done to the study, for its report: opened, paused, closed, looked into early."""

    __tablename__ = "study_events"
    __table_args__ = (Index(None, "study_id", "at"),)

    id: Mapped[Id]
    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("studies.id", ondelete="RESTRICT"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    kind: Mapped[str]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'::jsonb"))
