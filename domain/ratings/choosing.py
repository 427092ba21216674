"""Which item a rater gets next: one statement, however many items there are.

Never the same prompt twice in a row where it can be helped; strata in turn; outputs of one prompt
as far apart as can be; then the rater's own order. When the quota is near, what has the fewest
ratings comes before the strata.
"""

import functools
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from domain.prompts.models import Prompt
from domain.ratings.models import Assignment, AssignmentState, Rater
from domain.studies import service as studies
from domain.studies.models import ItemKind, Study, StudyItem

DONE = (AssignmentState.PRIMARY.value, AssignmentState.SURPLUS.value)
# From this share of free places on, items with the fewest ratings come first.
_NEARLY_FULL = 0.2
_FEW = 16  # more than raters who are just saving are likely to have locked


@dataclass(frozen=True, kw_only=True)
class Chosen:
    item: StudyItem  # its row is locked
    before: Assignment | None  # the rater's own, whose lease was lost
    turn: int  # the rater's first, second, ... item


def choose(session: Session, study: Study, rater: Rater) -> Chosen | None:
    """What somebody else is just taking or saving is passed over, not waited for."""
    is_by_country, who = _is_by_country(study), _describe(study, rater)
    few = _build_choice(is_by_country=is_by_country, num_candidates=_FEW)
    found = session.execute(few, who).one_or_none()
    if found is None:
        # All of those few are locked, or there is none: then whatever is free is looked through.
        every = _build_choice(is_by_country=is_by_country, num_candidates=None)
        found = session.execute(every, who).one_or_none()
    if found is None:
        return None
    item, is_again, turn = found
    before = _find_before(session, item, rater) if is_again else None
    return Chosen(item=item, before=before, turn=turn + 1)


def is_any_left(session: Session, study: Study, rater: Rater) -> bool:
    """Whether this rater could still do an item, were its places not in others' hands."""
    is_by_country = _is_by_country(study)
    query = _select_open(is_free=False, is_by_country=is_by_country)
    return session.scalar(query.limit(1), _describe(study, rater)) is not None


def _is_by_country(study: Study) -> bool:
    return studies.read_design(study).eligibility.countries == "prompt"


_rater_id = bindparam("rater_id", type_=Uuid())
_study_id = bindparam("study_id", type_=Uuid())


def _describe(study: Study, rater: Rater) -> dict[str, Any]:
    return {
        "rater_id": rater.id,
        "study_id": study.id,
        "seed": rater.seed,
        "country": str(rater.profile.get("country", "")),
    }


@functools.cache
def _build_choice(*, is_by_country: bool, num_candidates: int | None) -> Select[Any]:
    """Built once: putting a statement of this size together takes longer than carrying it out.

    The best few are found without locking anything, which takes no sorting of all the others; the
    first of them that nobody has locked, and that has a free place still, is it.
    """
    past = _select_past().cte("past")
    newest_turn = select(func.coalesce(func.max(past.c.turn), 0)).scalar_subquery()
    open_items = _select_open(is_free=True, is_by_country=is_by_country)
    keys = [key.label(f"key_{number}") for number, key in enumerate(_list_keys(past))]
    best = (
        open_items.with_only_columns(StudyItem.id, *keys)
        .order_by(*keys)
        .limit(num_candidates)
        .subquery("best")
    )
    is_again = StudyItem.id.in_(_select_own(Assignment.state == AssignmentState.RELEASED))
    return (
        select(StudyItem, is_again, newest_turn.label("newest_turn"))
        .join(best, best.c.id == StudyItem.id)
        .where(StudyItem.num_primary + StudyItem.num_open < StudyItem.quota)
        .order_by(*(best.c[key.name] for key in keys))
        .limit(1)
        .with_for_update(of=StudyItem, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _find_before(session: Session, item: StudyItem, rater: Rater) -> Assignment | None:
    return session.scalar(
        select(Assignment).where(Assignment.item_id == item.id, Assignment.rater_id == rater.id)
    )


def _select_own(condition: ColumnElement[bool]) -> Select[uuid.UUID]:
    """Ids of items; within IN they are hashed, whatever PostgreSQL believes how many they are."""
    return select(Assignment.item_id).where(Assignment.rater_id == _rater_id, condition)


def _select_open(*, is_free: bool, is_by_country: bool) -> Select[StudyItem]:
    """Items of the study that this rater may still do; with a free place, or whoever holds it."""
    places = StudyItem.num_primary + (StudyItem.num_open if is_free else 0)
    query = select(StudyItem).where(
        StudyItem.study_id == _study_id,
        StudyItem.kind != ItemKind.PRACTICE,
        places < StudyItem.quota,
        # What a lease of one's own was lost for is offered again; nothing else a second time.
        StudyItem.id.not_in(_select_own(Assignment.state != AssignmentState.RELEASED)),
        or_(
            StudyItem.original_id.is_(None),
            StudyItem.original_id.in_(_select_own(Assignment.state.in_(DONE))),
        ),
    )
    if is_by_country:
        country = bindparam("country", type_=String())
        query = query.join(Prompt, Prompt.id == StudyItem.prompt_id)
        query = query.where(or_(Prompt.country == "", Prompt.country == country))
    return query


def _select_past() -> Select[uuid.UUID, str, int]:
    """Everything that the rater was ever given, practice too."""
    return (
        select(StudyItem.prompt_id, StudyItem.stratum, Assignment.turn)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(Assignment.rater_id == _rater_id)
    )


def _list_keys(past: CTE) -> tuple[ColumnElement[Any], ...]:
    """By which items are ordered, the best first."""
    last = select(past.c.prompt_id).order_by(past.c.turn.desc()).limit(1).scalar_subquery()
    return (
        case((StudyItem.prompt_id == last, 1), else_=0),
        case(
            (_is_nearly_full(), StudyItem.num_primary + StudyItem.num_open),
            else_=_count(past.c.stratum, StudyItem.stratum),
        ),
        _count(past.c.prompt_id, cast(StudyItem.prompt_id, String)),
        func.uuid_hash_extended(StudyItem.id, bindparam("seed", type_=BigInteger())),
    )


def _count(what: ColumnElement[Any], of_item: Any) -> ColumnElement[int]:
    """How often the rater had the like. Counted once and looked up, not joined: of a study that has
    just opened PostgreSQL has no idea yet how much there is, and a join may go through all of it
    for every item.
    """
    counted = select(what.label("what"), func.count().label("num")).group_by(what).subquery()
    found = select(func.jsonb_object_agg(counted.c.what, counted.c.num)).scalar_subquery()
    return func.coalesce(cast(found.op("->>")(of_item), Integer), 0)


def _is_nearly_full() -> ColumnElement[bool]:
    """Of the places of primary items, those that nobody has or holds."""
    primary = aliased(StudyItem)
    return (
        select(
            func.sum(primary.quota - primary.num_primary - primary.num_open)
            <= _NEARLY_FULL * func.sum(primary.quota)
        )
        .where(primary.study_id == _study_id, primary.kind == ItemKind.PRIMARY)
        .scalar_subquery()
    )
