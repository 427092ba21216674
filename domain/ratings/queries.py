"""What researchers' pages show of a study that is being rated. Nothing here knows an arm, and no
rating's value leaves it: items have numbers, raters pseudonyms.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from domain.prompts.models import Prompt
from domain.ratings import coverage, errors
from domain.ratings.models import Assignment, Invite, Rater, RaterState, Rating
from domain.studies.models import ItemKind, Study, StudyArm, StudyItem, StudyItemMember

MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A study in one line."""

    num_arms: int
    num_wanted: int
    num_primary: int
    num_raters: int


@dataclass(frozen=True, kw_only=True)
class Exhausted:
    """An item that wants ratings from somebody who is not there yet."""

    number: int  # as domain.ratings.previewing counts
    stratum: str
    country: str
    num_missing: int


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """An item as the preview finds it."""

    number: int
    prompt: str
    num_outputs: int


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """An item that a rater wants a researcher to look at."""

    number: int
    rater: int
    at: dt.datetime
    comment: str
    cannot_judge: str | None


def summarize(session: Session, study_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Summary]:
    """Of each of these studies; of a draft nothing is wanted yet."""
    arms = dict(
        session.execute(
            select(StudyArm.study_id, func.count())
            .where(StudyArm.study_id.in_(study_ids), StudyArm.is_photo.is_(False))
            .group_by(StudyArm.study_id)
        ).all()
    )
    raters = dict(
        session.execute(
            select(Rater.study_id, func.count())
            .where(Rater.study_id.in_(study_ids), Rater.state != RaterState.WITHDRAWN)
            .group_by(Rater.study_id)
        ).all()
    )
    places = {
        row.study_id: (row.wanted, row.primary)
        for row in session.execute(
            select(
                StudyItem.study_id,
                func.sum(StudyItem.quota).cast(Integer).label("wanted"),
                func.sum(StudyItem.num_primary).cast(Integer).label("primary"),
            )
            .where(StudyItem.study_id.in_(study_ids), StudyItem.kind == ItemKind.PRIMARY)
            .group_by(StudyItem.study_id)
        )
    }
    return {
        study_id: Summary(
            num_arms=arms.get(study_id, 0),
            num_wanted=places.get(study_id, (0, 0))[0],
            num_primary=places.get(study_id, (0, 0))[1],
            num_raters=raters.get(study_id, 0),
        )
        for study_id in study_ids
    }


def list_invites(session: Session, study: Study) -> Sequence[Invite]:
    """The newest first."""
    query = select(Invite).where(Invite.study_id == study.id)
    return session.scalars(query.order_by(Invite.id.desc())).all()


def get_rater(session: Session, study: Study, rater_id: uuid.UUID) -> Rater:
    found = session.scalar(select(Rater).where(Rater.id == rater_id, Rater.study_id == study.id))
    if found is None:
        raise errors.RaterNotFound(rater_id)
    return found


def list_exhausted(session: Session, study: Study, *, limit: int = MOST_LISTED) -> list[Exhausted]:
    """Those that lack the most first."""
    numbered = _number_items(study)
    missing = StudyItem.quota - StudyItem.num_primary - StudyItem.num_open
    rows = session.execute(
        select(
            numbered.c.number,
            StudyItem.stratum,
            Prompt.country,
            missing.label("num_missing"),
        )
        .select_from(StudyItem)
        .join(numbered, numbered.c.id == StudyItem.id)
        .join(Prompt, Prompt.id == StudyItem.prompt_id)
        .where(*coverage.are_exhausted(study))
        .order_by(missing.desc(), numbered.c.number)
        .limit(limit)
    )
    return [Exhausted(**row._mapping) for row in rows]  # noqa: SLF001 - its public name


def list_numbered(
    session: Session, study: Study, item_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Numbered]:
    """What finds these items in the preview."""
    numbered = _number_items(study)
    rows = session.execute(
        select(
            StudyItem.id,
            numbered.c.number,
            Prompt.text.label("prompt"),
            func.count(StudyItemMember.slot).label("num_outputs"),
        )
        .select_from(StudyItem)
        .join(numbered, numbered.c.id == StudyItem.id)
        .join(Prompt, Prompt.id == StudyItem.prompt_id)
        .join(StudyItemMember, StudyItemMember.item_id == StudyItem.id)
        .where(StudyItem.id.in_(item_ids))
        .group_by(StudyItem.id, numbered.c.number, Prompt.text)
    )
    return {
        row.id: Numbered(number=row.number, prompt=row.prompt, num_outputs=row.num_outputs)
        for row in rows
    }


def list_flagged(session: Session, study: Study, *, limit: int = MOST_LISTED) -> list[Flagged]:
    """The newest first, with what the rater says now: what was changed is gone from here."""
    numbered = _number_items(study)
    later = aliased(Rating)
    rows = session.execute(
        select(
            numbered.c.number,
            Rater.number.label("rater"),
            Assignment.flagged_at.label("at"),
            func.coalesce(Rating.comment, "").label("comment"),
            Rating.cannot_judge,
        )
        .select_from(Assignment)
        .join(Rater, Rater.id == Assignment.rater_id)
        .join(numbered, numbered.c.id == Assignment.item_id)
        .outerjoin(Rating, Rating.assignment_id == Assignment.id)
        .outerjoin(later, later.supersedes_id == Rating.id)
        .where(Rater.study_id == study.id, Assignment.flagged_at.is_not(None), later.id.is_(None))
        .order_by(Assignment.flagged_at.desc())
        .limit(limit)
    )
    return [Flagged(**row._mapping) for row in rows]  # noqa: SLF001 - the same


def _number_items(study: Study) -> Subquery:
    """Each with its place in the order of ids, which are random."""
    number = func.row_number().over(order_by=StudyItem.id) - 1
    return (
        select(StudyItem.id, number.label("number"))
        .where(StudyItem.study_id == study.id)
        .subquery()
    )
