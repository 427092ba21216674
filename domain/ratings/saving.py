"""Taking a rating in: once per client key, never lost, never over an item's quota."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session, aliased

from domain import clock
from domain.ratings import errors, rules, taking, zawgyi
from domain.ratings.models import (
    Assignment,
    AssignmentState,
    CannotJudge,
    Rater,
    RaterState,
    Rating,
    RatingScore,
)
from domain.ratings.rules import Scores
from domain.studies import service as studies
from domain.studies.models import CONTROLS, ItemKind, Study, StudyItem, StudyState
from specs.study.design import StudyDesign

_SCORED = (AssignmentState.PRIMARY, AssignmentState.SURPLUS)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a browser sends. Values by criterion, by position as the rater saw it."""

    client_key: uuid.UUID
    values: Mapping[str, Any] = field(default_factory=dict)
    cannot_judge: str = ""
    comment: str = ""
    zawgyi: Literal["", "change", "keep"] = ""  # the answer to CommentInZawgyi
    ui_language: str = "en"
    active_ms: int = 0
    client_at: dt.datetime | None = None
    app_version: str = ""


@dataclass(frozen=True, kw_only=True)
class Saved:
    rating_id: uuid.UUID
    state: AssignmentState
    was_known: bool = False  # sent before under the same key: nothing was added
    is_warned: bool = False  # a control went wrong, and the study's rule says to tell


def submit(
    session: Session,
    rater_id: uuid.UUID,
    assignment_id: uuid.UUID,
    sent: Submission,
    *,
    may_ask: bool = False,
) -> Saved:
    """Store it, whatever became of the lease or the study meanwhile. `may_ask`: somebody is there
    to answer; then CommentInZawgyi is raised once instead.
    """
    rater = taking.lock_rater(session, rater_id)
    assignment = taking.get_own(session, rater, assignment_id)
    known, before = _look_back(session, assignment, sent.client_key)
    if known is not None:
        return Saved(rating_id=known.id, state=AssignmentState(assignment.state), was_known=True)
    study = studies.get(session, rater.study_id)
    design = studies.read_design(study)
    reason, scores = _read(design, assignment, sent)
    if before is not None and study.state == StudyState.CLOSED:
        raise errors.StudyOver
    if may_ask and not sent.zawgyi and zawgyi.propose(sent.comment):
        raise errors.CommentInZawgyi
    item = taking.lock_item(session, assignment.item_id)
    state = _move(study, item, assignment, is_scored=reason is None)
    rating = _add(session, study, assignment, before, sent, reason, scores)
    is_warned = reason is None and _judge_rater(session, design, rater, item, scores)
    session.flush()
    return Saved(rating_id=rating.id, state=state, is_warned=is_warned)


def find_newest(session: Session, assignment_id: uuid.UUID) -> Rating | None:
    """The one that counts: nothing supersedes it."""
    return next(iter(list_newest(session, [assignment_id])), None)


def list_newest(session: Session, assignment_ids: Sequence[uuid.UUID]) -> Sequence[Rating]:
    """Of each assignment that was rated, the rating that counts."""
    later = aliased(Rating)
    return session.scalars(
        select(Rating)
        .outerjoin(later, later.supersedes_id == Rating.id)
        .where(Rating.assignment_id.in_(assignment_ids), later.id.is_(None))
    ).all()


def read_scores(session: Session, rating_id: uuid.UUID) -> Scores:
    return map_scores(session, [rating_id]).get(rating_id, {})


def map_scores(session: Session, rating_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Scores]:
    found: dict[uuid.UUID, Scores] = {}
    for row in session.scalars(select(RatingScore).where(RatingScore.rating_id.in_(rating_ids))):
        found.setdefault(row.rating_id, {})[row.criterion, row.slot] = row.value
    return found


def flag(session: Session, rater_id: uuid.UUID, assignment_id: uuid.UUID) -> Assignment:
    """Mark for a researcher's eye; the comment says why."""
    rater = taking.lock_rater(session, rater_id)
    assignment = taking.get_own(session, rater, assignment_id)
    assignment.flagged_at = assignment.flagged_at or clock.now()
    session.flush()
    return assignment


def _look_back(
    session: Session, assignment: Assignment, client_key: uuid.UUID
) -> tuple[Rating | None, Rating | None]:
    """The rating that was sent under this key before, and the assignment's newest."""
    rows = session.scalars(
        select(Rating).where(
            or_(Rating.client_key == client_key, Rating.assignment_id == assignment.id)
        )
    ).all()
    known = next((row for row in rows if row.client_key == client_key), None)
    if known is not None and known.assignment_id != assignment.id:
        raise errors.KeyUsedElsewhere
    superseded = {row.supersedes_id for row in rows}
    return known, next((row for row in rows if row.id not in superseded), None)


def _read(
    design: StudyDesign, assignment: Assignment, sent: Submission
) -> tuple[CannotJudge | None, Scores]:
    rules.check_comment(sent.comment)
    if sent.cannot_judge:
        return rules.read_reason(sent.cannot_judge), {}
    return None, rules.read_scores(design, sent.values, assignment.slots)


def _move(
    study: Study, item: StudyItem, assignment: Assignment, *, is_scored: bool
) -> AssignmentState:
    """The assignment's new state, and the item's places with it."""
    old = AssignmentState(assignment.state)
    if old == AssignmentState.LEASED:
        item.num_open -= 1
    if old == AssignmentState.PRIMARY:
        item.num_primary -= 1
    if not is_scored:
        new = AssignmentState.CANNOT_JUDGE
    elif old == AssignmentState.SURPLUS or study.state == StudyState.CLOSED:
        new = AssignmentState.SURPLUS
    else:
        # Whoever held a place has just given it back: it is free at least for them.
        new = AssignmentState.PRIMARY if taking.has_place(item) else AssignmentState.SURPLUS
    if new == AssignmentState.PRIMARY:
        item.num_primary += 1
    assignment.state = new.value
    return new


def _add(
    session: Session,
    study: Study,
    assignment: Assignment,
    before: Rating | None,
    sent: Submission,
    reason: CannotJudge | None,
    scores: Scores,
) -> Rating:
    rating = Rating(
        assignment_id=assignment.id,
        supersedes_id=before.id if before else None,
        client_key=sent.client_key,
        version=study.newest_version,
        cannot_judge=reason.value if reason else None,
        comment=sent.comment,
        is_zawgyi_asked=bool(sent.zawgyi),
        comment_in_unicode=zawgyi.propose(sent.comment) if sent.zawgyi == "change" else None,
        slots=list(assignment.slots),
        ui_language=sent.ui_language,
        active_ms=max(0, sent.active_ms),
        client_at=sent.client_at,
        app_version=sent.app_version,
    )
    session.add(rating)
    session.flush()
    rows = [
        {"rating_id": rating.id, "criterion": criterion, "slot": slot, "value": value}
        for (criterion, slot), value in scores.items()
    ]
    if rows:
        session.execute(insert(RatingScore), rows)
    return rating


def _judge_rater(
    session: Session, design: StudyDesign, rater: Rater, item: StudyItem, scores: Scores
) -> bool:
    """Count a control that went wrong, and do what the study's rule says. True: warn."""
    if ItemKind(item.kind) not in CONTROLS or not _is_failed(session, rater, item, scores):
        return False
    rater.num_controls_failed += 1
    controls = design.controls
    if controls.pause_after and rater.num_controls_failed >= controls.pause_after:
        rater.state = RaterState.PAUSED.value
        rater.paused_because = "controls"
    return bool(controls.warn_after and rater.num_controls_failed == controls.warn_after)


def _is_failed(session: Session, rater: Rater, item: StudyItem, scores: Scores) -> bool:
    if item.expected is not None:
        return rules.is_failed(item.expected, scores)
    if item.original_id is None:
        return False
    first = session.scalar(
        select(Assignment).where(
            Assignment.item_id == item.original_id, Assignment.rater_id == rater.id
        )
    )
    newest = find_newest(session, first.id) if first else None
    if newest is None:
        return False
    return rules.is_repeat_failed(read_scores(session, newest.id), scores)
