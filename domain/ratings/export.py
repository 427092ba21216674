"""Ratings for programs: rows since a cursor. While effects are sealed a row tells neither arm,
variant nor prompt, and items have ids that mean nothing outside this study.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from domain.prompts.models import Prompt
from domain.ratings.models import Assignment, Rater, Rating, RatingScore
from domain.studies.models import (
    ItemKind,
    Study,
    StudyArm,
    StudyEvent,
    StudyItem,
    StudyItemMember,
    StudyState,
)
from domain.variants.models import Variant

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class ExportedScore:
    criterion: str
    slot: int
    value: int


@dataclass(frozen=True, kw_only=True)
class ExportedRating:
    """`rater` is a pseudonym, the same throughout the study."""

    id: uuid.UUID
    item: uuid.UUID
    rater: int
    state: str
    is_simulated: bool
    is_in_region: bool | None
    cannot_judge: str | None
    scores: tuple[ExportedScore, ...]
    slots: tuple[int, ...]
    version: int
    ui_language: str
    active_ms: int
    created_at: dt.datetime
    supersedes: uuid.UUID | None
    is_current: bool
    # Only when effects are open.
    kind: str | None = None
    prompt_key: str | None = None
    stratum: str | None = None
    arms: tuple[str | None, ...] | None = None


def is_sealed(session: Session, study: Study) -> bool:
    """Until it closes, or until somebody opened effects early: an act that is on record."""
    if study.state == StudyState.CLOSED:
        return False
    looked = select(StudyEvent.id).where(
        StudyEvent.study_id == study.id, StudyEvent.kind == "looked_into"
    )
    return session.scalar(looked.limit(1)) is None


def list_ratings(
    session: Session, study: Study, *, after: uuid.UUID | None = None, limit: int = _ROWS_AT_ONCE
) -> list[ExportedRating]:
    """In the order in which they came; practice is no rating. `after` is the id of the last one."""
    later = aliased(Rating)
    query = (
        select(Rating, Assignment, Rater, StudyItem, later.id.label("later_id"))
        .join(Assignment, Assignment.id == Rating.assignment_id)
        .join(Rater, Rater.id == Assignment.rater_id)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .outerjoin(later, later.supersedes_id == Rating.id)
        .where(StudyItem.study_id == study.id, StudyItem.kind != ItemKind.PRACTICE)
        .order_by(Rating.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(Rating.id > after)
    rows = session.execute(query).all()
    scores = _map_scores(session, [row.Rating.id for row in rows])
    opened = {} if is_sealed(session, study) else _tell(session, [r.StudyItem for r in rows])
    return [
        ExportedRating(
            id=rating.id,
            item=item.id,
            rater=rater.number,
            state=assignment.state,
            is_simulated=rater.is_simulated,
            is_in_region=rater.is_in_region,
            cannot_judge=rating.cannot_judge,
            scores=tuple(scores.get(rating.id, ())),
            slots=tuple(rating.slots),
            version=rating.version,
            ui_language=rating.ui_language,
            active_ms=rating.active_ms,
            created_at=rating.created_at,
            supersedes=rating.supersedes_id,
            is_current=later_id is None,
            **opened.get(item.id, {}),
        )
        for rating, assignment, rater, item, later_id in rows
    ]


def _map_scores(
    session: Session, rating_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[ExportedScore]]:
    found: dict[uuid.UUID, list[ExportedScore]] = {}
    rows = session.scalars(
        select(RatingScore)
        .where(RatingScore.rating_id.in_(rating_ids))
        .order_by(RatingScore.criterion, RatingScore.slot)
    )
    for row in rows:
        score = ExportedScore(criterion=row.criterion, slot=row.slot, value=row.value)
        found.setdefault(row.rating_id, []).append(score)
    return found


def _tell(session: Session, items: Sequence[StudyItem]) -> dict[uuid.UUID, dict[str, Any]]:
    """Of each item what sealing holds back."""
    arms: dict[uuid.UUID, list[str | None]] = {}
    members = session.execute(
        select(StudyItemMember.item_id, Variant.name)
        .outerjoin(StudyArm, StudyArm.id == StudyItemMember.arm_id)
        .outerjoin(Variant, Variant.id == StudyArm.variant_id)
        .where(StudyItemMember.item_id.in_([item.id for item in items]))
        .order_by(StudyItemMember.item_id, StudyItemMember.slot)
    )
    for item_id, name in members:
        arms.setdefault(item_id, []).append(name)
    keys = dict(
        session.execute(
            select(Prompt.id, Prompt.key).where(Prompt.id.in_({item.prompt_id for item in items}))
        ).all()
    )
    return {
        item.id: {
            "kind": item.kind,
            "prompt_key": keys[item.prompt_id],
            "stratum": item.stratum,
            "arms": tuple(arms.get(item.id, ())),
        }
        for item in items
    }
