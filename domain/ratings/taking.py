"""Giving out work: one lease per item and rater, never more than an item's quota.

Everything a rater does starts by locking their own row, so that two tabs come one after the other.
Then assignments are locked before items, and several items in the order of their ids. Whoever takes
work passes over what others have locked: nobody waits in a circle, and a rater may save one item
and take the next in one transaction.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain import clock
from domain.ratings import choosing, errors, rules
from domain.ratings.models import Assignment, AssignmentState, Rater, RaterState
from domain.studies import service as studies
from domain.studies.models import ItemKind, Study, StudyItem, StudyItemMember, StudyState

MOST_HELD = 5


@dataclass(frozen=True, kw_only=True)
class Taken:
    held: tuple[Assignment, ...]  # in the order in which they are to be done
    # Where nothing is held: whether all is done, or others hold what is left.
    empty: Literal["", "finished", "waiting"] = ""


def lock_rater(session: Session, rater_id: uuid.UUID) -> Rater:
    rater = session.scalar(
        select(Rater)
        .where(Rater.id == rater_id)
        .with_for_update(key_share=True)
        # As it is now, not as it was when the page asked who this is.
        .execution_options(populate_existing=True)
    )
    if rater is None:
        raise errors.RaterNotFound(rater_id)
    return rater


def take(session: Session, rater_id: uuid.UUID, *, num: int = 1) -> Taken:
    """What the rater holds, filled up to `num` items."""
    rater = lock_rater(session, rater_id)
    release_expired(session, studies.get(session, rater.study_id))
    return fill(session, rater, num=num)


def fill(session: Session, rater: Rater, *, num: int) -> Taken:
    """The same for whoever is locked already, because something was just saved. Leases that ended
    are looked for where nothing else is left: whoever opens a page looks for them anyway.
    """
    study = studies.get(session, rater.study_id)
    check_may_work(study, rater)
    held = _fill_up(session, study, rater, num=num)
    if not held and release_expired(session, study):
        held = _fill_up(session, study, rater, num=num)
    if held:
        return Taken(held=tuple(held))
    is_left = choosing.is_any_left(session, study, rater)
    return Taken(held=(), empty="waiting" if is_left else "finished")


def _fill_up(session: Session, study: Study, rater: Rater, *, num: int) -> list[Assignment]:
    held = list_held(session, rater)
    wanted = min(num, MOST_HELD) - len(held)
    for _ in range(wanted):
        chosen = choosing.choose(session, study, rater)
        if chosen is None:
            break
        if chosen.before is None:
            held.append(_lease(session, study, rater, chosen.item, chosen.turn))
        else:
            held.append(_lease_again(session, study, chosen.item, chosen.before))
    return held


def check_may_work(study: Study, rater: Rater) -> None:
    if study.state == StudyState.CLOSED:
        raise errors.StudyOver
    if study.state != StudyState.OPEN:
        raise errors.StudyResting
    if rater.state == RaterState.PAUSED:
        raise errors.RaterPaused
    if rater.state == RaterState.WITHDRAWN:
        raise errors.NotInStudy


def list_held(session: Session, rater: Rater) -> list[Assignment]:
    """Without practice, which is no work."""
    query = (
        select(Assignment)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(
            Assignment.rater_id == rater.id,
            Assignment.state == AssignmentState.LEASED,
            StudyItem.kind != ItemKind.PRACTICE,
        )
        .order_by(Assignment.turn)
    )
    return list(session.scalars(query))


def release_expired(session: Session, study: Study) -> int:
    """Places of leases that ended go back. Whoever is just sending one in keeps it; what is locked
    for any other reason goes back when the next one comes for work.
    """
    expired = session.execute(
        select(Assignment.id, Assignment.item_id)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(
            StudyItem.study_id == study.id,
            Assignment.state == AssignmentState.LEASED,
            Assignment.lease_expires_at < clock.now(),
        )
        .with_for_update(of=[Assignment, StudyItem], skip_locked=True)
    ).all()
    if not expired:
        return 0
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_([row.id for row in expired]))
        .values(state=AssignmentState.RELEASED.value)
    )
    places: dict[uuid.UUID, int] = {}
    for row in expired:
        places[row.item_id] = places.get(row.item_id, 0) + 1
    for item in _lock_items(session, list(places)):
        item.num_open -= places[item.id]
    session.flush()
    session.expire_all()
    return len(expired)


def extend(session: Session, rater_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """More time: a lease that ended is taken up again where the place is still free."""
    rater = lock_rater(session, rater_id)
    assignment = get_own(session, rater, assignment_id)
    study = studies.get(session, rater.study_id)
    check_may_work(study, rater)
    item = lock_item(session, assignment.item_id)
    if assignment.state == AssignmentState.RELEASED and has_place(item):
        assignment.state = AssignmentState.LEASED.value
        item.num_open += 1
    if assignment.state == AssignmentState.LEASED:
        assignment.lease_expires_at = _end_lease(study)
    session.flush()
    return assignment


def skip(session: Session, rater_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """Not now: the place goes to somebody else; it can be rated later all the same."""
    rater = lock_rater(session, rater_id)
    assignment = get_own(session, rater, assignment_id)
    if assignment.state == AssignmentState.LEASED:
        lock_item(session, assignment.item_id).num_open -= 1
    if assignment.state in (AssignmentState.LEASED, AssignmentState.RELEASED):
        assignment.state = AssignmentState.SKIPPED.value
    session.flush()
    return assignment


def take_practice(session: Session, rater_id: uuid.UUID) -> list[Assignment]:
    """All practice items, in the rater's order; made at the first visit."""
    rater = lock_rater(session, rater_id)
    study = studies.get(session, rater.study_id)
    items = session.scalars(
        select(StudyItem).where(StudyItem.study_id == study.id, StudyItem.kind == ItemKind.PRACTICE)
    ).all()
    known = {
        row.item_id: row
        for row in session.scalars(
            select(Assignment).where(
                Assignment.rater_id == rater.id,
                Assignment.item_id.in_([item.id for item in items]),
            )
        )
    }
    turn = _count_turns(session, rater)
    found = []
    for item in sorted(items, key=lambda item: rules.mix(rater.seed, str(item.id))):
        assignment = known.get(item.id)
        if assignment is None:
            turn += 1
            locked = lock_item(session, item.id)
            assignment = _lease(session, study, rater, locked, turn)
        found.append(assignment)
    return found


def get_own(
    session: Session, rater: Rater, assignment_id: uuid.UUID, *, lock: bool = True
) -> Assignment:
    query = select(Assignment).where(
        Assignment.id == assignment_id, Assignment.rater_id == rater.id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise errors.AssignmentNotFound
    return found


def lock_item(session: Session, item_id: uuid.UUID) -> StudyItem:
    (item,) = _lock_items(session, [item_id])
    return item


def has_place(item: StudyItem) -> bool:
    return item.num_primary + item.num_open < item.quota


def _lock_items(session: Session, item_ids: Sequence[uuid.UUID]) -> Sequence[StudyItem]:
    return session.scalars(
        select(StudyItem)
        .where(StudyItem.id.in_(item_ids))
        .order_by(StudyItem.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _lease(session: Session, study: Study, rater: Rater, item: StudyItem, turn: int) -> Assignment:
    item.num_open += 1
    assignment = Assignment(
        item_id=item.id,
        rater_id=rater.id,
        turn=turn,
        slots=_draw_slots(session, study, rater, item),
        lease_expires_at=_end_lease(study),
    )
    session.add(assignment)
    session.flush()
    return assignment


def _lease_again(
    session: Session, study: Study, item: StudyItem, assignment: Assignment
) -> Assignment:
    item.num_open += 1
    assignment.state = AssignmentState.LEASED.value
    assignment.taken_at = clock.now()
    assignment.lease_expires_at = _end_lease(study)
    session.flush()
    return assignment


def _count_turns(session: Session, rater: Rater) -> int:
    query = select(func.coalesce(func.max(Assignment.turn), 0))
    return session.scalar(query.where(Assignment.rater_id == rater.id)) or 0


def _end_lease(study: Study) -> dt.datetime:
    return clock.now() + dt.timedelta(minutes=studies.read_design(study).lease_minutes)


def _draw_slots(session: Session, study: Study, rater: Rater, item: StudyItem) -> list[int]:
    """Balanced over what this rater has or had in hand, practice and lost leases left out."""
    if studies.read_design(study).form == "likert":
        return [0]  # alone there is no order
    arms = _list_arms(session, [item.id])[item.id]
    earlier = session.execute(
        select(Assignment.item_id, Assignment.slots)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .where(
            Assignment.rater_id == rater.id,
            Assignment.state.in_((AssignmentState.LEASED, *choosing.DONE)),
            StudyItem.kind == ItemKind.PRIMARY,
        )
        .order_by(Assignment.turn.desc())
    ).all()
    by_item = _list_arms(session, [row.item_id for row in earlier])
    shown = [[by_item[row.item_id][slot] for slot in row.slots] for row in earlier]
    return rules.order_slots(arms, shown, f"{study.seed} {rater.seed} {item.id}")


def _list_arms(
    session: Session, item_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID | None]]:
    """Of each item, the arms by slot."""
    rows = session.execute(
        select(StudyItemMember.item_id, StudyItemMember.arm_id)
        .where(StudyItemMember.item_id.in_(item_ids))
        .order_by(StudyItemMember.item_id, StudyItemMember.slot)
    )
    found: dict[uuid.UUID, list[uuid.UUID | None]] = {}
    for item_id, arm_id in rows:
        found.setdefault(item_id, []).append(arm_id)
    return found
