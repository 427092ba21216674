"""How far a study is: what researchers see while effects are sealed. Nothing here knows an arm."""

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, select, true
from sqlalchemy.orm import Session, aliased

from domain.prompts.models import Prompt
from domain.ratings.models import Assignment, AssignmentState, Rater, RaterState, Rating
from domain.studies.models import ItemKind, Study, StudyItem


@dataclass(frozen=True, kw_only=True)
class Covered:
    """Of some of the primary items."""

    stratum: str
    country: str
    num_items: int
    num_wanted: int
    num_primary: int
    num_open: int
    num_full: int  # items that have all they need

    @property
    def share(self) -> float:
        return self.num_primary / self.num_wanted if self.num_wanted else 0.0


@dataclass(frozen=True, kw_only=True)
class RaterRow:
    rater: Rater
    num_rated: int
    num_surplus: int
    num_cannot_judge: int
    num_skipped: int
    median_active_s: float | None


def count_total(rows: Sequence[Covered]) -> Covered:
    return Covered(
        stratum="",
        country="",
        num_items=sum(row.num_items for row in rows),
        num_wanted=sum(row.num_wanted for row in rows),
        num_primary=sum(row.num_primary for row in rows),
        num_open=sum(row.num_open for row in rows),
        num_full=sum(row.num_full for row in rows),
    )


def list_covered(session: Session, study: Study) -> list[Covered]:
    """By stratum and country of the prompt."""
    rows = session.execute(
        select(
            StudyItem.stratum,
            Prompt.country,
            func.count().label("num_items"),
            func.sum(StudyItem.quota).cast(Integer).label("num_wanted"),
            func.sum(StudyItem.num_primary).cast(Integer).label("num_primary"),
            func.sum(StudyItem.num_open).cast(Integer).label("num_open"),
            func.count().filter(StudyItem.num_primary >= StudyItem.quota).label("num_full"),
        )
        .join(Prompt, Prompt.id == StudyItem.prompt_id)
        .where(StudyItem.study_id == study.id, StudyItem.kind == ItemKind.PRIMARY)
        .group_by(StudyItem.stratum, Prompt.country)
        .order_by(StudyItem.stratum, Prompt.country)
    )
    return [Covered(**row._mapping) for row in rows]  # noqa: SLF001 - its public name


def count_exhausted(session: Session, study: Study) -> int:
    """Items that still want ratings and that every rater who is there has had."""
    query = select(func.count()).select_from(StudyItem).where(*are_exhausted(study))
    return session.scalar(query) or 0


def are_exhausted(study: Study) -> Sequence[ColumnElement[bool]]:
    """What holds of such items, for a select of StudyItem."""
    taken = (
        select(func.count())
        .select_from(Assignment)
        .join(Rater, Rater.id == Assignment.rater_id)
        .where(
            Assignment.item_id == StudyItem.id,
            Assignment.state != AssignmentState.RELEASED,
            Rater.state == RaterState.ACTIVE,
        )
        .correlate(StudyItem)
        .scalar_subquery()
    )
    num_active = (
        select(func.count())
        .select_from(Rater)
        .where(Rater.study_id == study.id, Rater.state == RaterState.ACTIVE)
        .scalar_subquery()
    )
    return (
        StudyItem.study_id == study.id,
        StudyItem.kind == ItemKind.PRIMARY,
        StudyItem.num_primary + StudyItem.num_open < StudyItem.quota,
        taken >= num_active,
        num_active > 0,
    )


def count_simulated(session: Session, study: Study) -> int:
    """How many of the ratings that fill places are of simulated raters."""
    query = (
        select(func.count())
        .select_from(Assignment)
        .join(Rater, Rater.id == Assignment.rater_id)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(
            Rater.study_id == study.id,
            Rater.is_simulated,
            StudyItem.kind == ItemKind.PRIMARY,
            Assignment.state == AssignmentState.PRIMARY,
        )
    )
    return session.scalar(query) or 0


def count_progress(session: Session, rater: Rater) -> tuple[int, int]:
    """How many items this rater has done, and how many the study still has or had for them."""
    return map_progress(session, [rater.id])[rater.id]


def map_progress(
    session: Session, rater_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, int]]:
    """The same of several raters, of whatever studies, in one query."""
    rows = session.execute(_build_progress(), {"rater_ids": rater_ids})
    return {row.id: (row.done, row.done + row.held + row.left) for row in rows}


@functools.cache
def _build_progress() -> Select[Any]:
    """Built once: every page of work asks it. What a rater had is looked up in a hash, where a join
    would look into an index for every item of the study.
    """
    own = aliased(Assignment)
    had = select(own.item_id).where(own.rater_id == Rater.id).correlate(Rater)
    left = (
        select(func.count())
        .select_from(StudyItem)
        .where(
            StudyItem.study_id == Rater.study_id,
            StudyItem.kind.not_in((ItemKind.PRACTICE, ItemKind.REPEAT)),
            StudyItem.num_primary + StudyItem.num_open < StudyItem.quota,
            StudyItem.id.not_in(had),
        )
        .correlate(Rater)
        .scalar_subquery()
    )
    met = aliased(StudyItem)
    is_done = and_(
        Assignment.state.not_in((AssignmentState.LEASED, AssignmentState.RELEASED)),
        met.kind != ItemKind.PRACTICE,
    )
    counted = (
        select(
            func.count().filter(is_done).label("done"),
            func.count().filter(Assignment.state == AssignmentState.LEASED).label("held"),
        )
        .select_from(Assignment)
        .join(met, met.id == Assignment.item_id)
        .where(Assignment.rater_id == Rater.id)
        .correlate(Rater)
        .lateral()
    )
    return (
        select(Rater.id, counted.c.done, counted.c.held, left.label("left"))
        .select_from(Rater)
        .join(counted, true())
        .where(Rater.id.in_(bindparam("rater_ids", expanding=True)))
    )


def list_raters(session: Session, study: Study) -> list[RaterRow]:
    counts = {
        (row.rater_id, row.state): row.num
        for row in session.execute(
            select(Assignment.rater_id, Assignment.state, func.count().label("num"))
            .join(Rater, Rater.id == Assignment.rater_id)
            .join(StudyItem, StudyItem.id == Assignment.item_id)
            .where(Rater.study_id == study.id, StudyItem.kind != ItemKind.PRACTICE)
            .group_by(Assignment.rater_id, Assignment.state)
        )
    }
    medians: dict[uuid.UUID, float] = dict(
        session.execute(
            select(
                Assignment.rater_id,
                func.percentile_cont(0.5).within_group(Rating.active_ms),
            )
            .join(Rating, Rating.assignment_id == Assignment.id)
            .join(Rater, Rater.id == Assignment.rater_id)
            .where(Rater.study_id == study.id)
            .group_by(Assignment.rater_id)
        ).all()
    )
    raters = session.scalars(select(Rater).where(Rater.study_id == study.id).order_by(Rater.number))
    return [
        RaterRow(
            rater=rater,
            num_rated=counts.get((rater.id, AssignmentState.PRIMARY), 0),
            num_surplus=counts.get((rater.id, AssignmentState.SURPLUS), 0),
            num_cannot_judge=counts.get((rater.id, AssignmentState.CANNOT_JUDGE), 0),
            num_skipped=counts.get((rater.id, AssignmentState.SKIPPED), 0),
            median_active_s=medians[rater.id] / 1000 if rater.id in medians else None,
        )
        for rater in raters
    ]
