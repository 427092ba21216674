"""Ratings and what they are about, as columns: what every analysis starts from.

Where effects are sealed, neither arm nor prompt is in what comes out.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from domain.prompts.models import Prompt
from domain.ratings.models import Assignment, AssignmentState, Rater, Rating, RatingScore
from domain.results.report import Left
from domain.results.rules import COUNTS, LEFT_OUT, Options
from domain.studies.models import CONTROLS, ItemKind, Study, StudyArm, StudyItem, StudyItemMember
from domain.variants.models import Variant

_later = aliased(Rating)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a study; `arms` by slot, and nothing of them or of the prompt while sealed."""

    id: uuid.UUID
    kind: str
    original_id: uuid.UUID | None
    expected: Mapping[str, Sequence[int]] | None
    stratum: str
    region: str
    country: str
    language: str
    prompt: str | None
    arms: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Given:
    """One value that one rater gave, on one criterion, to one slot of one item."""

    item: Item
    rater: str  # pseudonym
    criterion: str
    slot: int
    value: int
    slots: tuple[int, ...]  # as they stood before the rater
    active_ms: int


def name_rater(number: int) -> str:
    """The pseudonym of exports: stable within the study, and nothing outside it."""
    return f"r{number:04}"


def list_left_out(session: Session, study: Study, options: Options) -> tuple[Left, ...]:
    rule = _choose_rule(options).label("rule")
    rows = session.execute(
        _join(select(rule, func.count(), func.count(Rater.id.distinct())))
        .where(StudyItem.study_id == study.id)
        .group_by(rule)
    ).all()
    found = {name: (num, raters) for name, num, raters in rows}
    return tuple(
        Left(rule=name, num_ratings=found[name][0], num_raters=found[name][1])
        for name in LEFT_OUT
        if name in found
    )


def list_counting(
    session: Session, study: Study, options: Options, *, is_sealed: bool
) -> Iterator[Given]:
    """Every value that counts, in the order in which ratings came."""
    return _list_given(session, study, _choose_rule(options) == COUNTS, is_sealed=is_sealed)


def list_controls(
    session: Session, study: Study, options: Options, *, is_sealed: bool
) -> Iterator[Given]:
    """Values of controls and repeats, of the same raters."""
    about = _choose_rule(options).in_(("control", "repeat"))
    return _list_given(session, study, about, is_sealed=is_sealed)


def find_newest(session: Session, study: Study) -> tuple[uuid.UUID | None, int]:
    """The newest rating's id and how many there are: what a kept report was made from."""
    row = session.execute(
        _join(select(func.max(Rating.id.cast(Text)), func.count())).where(
            StudyItem.study_id == study.id
        )
    ).one()
    return (uuid.UUID(row[0]) if row[0] else None), row[1]


def list_items(session: Session, study: Study, *, is_sealed: bool) -> dict[uuid.UUID, Item]:
    arms = {} if is_sealed else _map_arms(session, study)
    rows = session.execute(
        select(StudyItem, Prompt)
        .join(Prompt, Prompt.id == StudyItem.prompt_id)
        .where(StudyItem.study_id == study.id)
    )
    return {
        item.id: Item(
            id=item.id,
            kind=item.kind,
            original_id=item.original_id,
            expected=item.expected,
            stratum=item.stratum,
            region=prompt.region or study.region,
            country=prompt.country,
            language=prompt.language,
            prompt=None if is_sealed else prompt.key,
            arms=tuple(arms.get(item.id, ())),
        )
        for item, prompt in rows
    }


def _map_arms(session: Session, study: Study) -> dict[uuid.UUID, list[str | None]]:
    found: dict[uuid.UUID, list[str | None]] = {}
    rows = session.execute(
        select(StudyItemMember.item_id, Variant.name)
        .join(StudyItem, StudyItem.id == StudyItemMember.item_id)
        .outerjoin(StudyArm, StudyArm.id == StudyItemMember.arm_id)
        .outerjoin(Variant, Variant.id == StudyArm.variant_id)
        .where(StudyItem.study_id == study.id)
        .order_by(StudyItemMember.item_id, StudyItemMember.slot)
    )
    for item_id, name in rows:
        found.setdefault(item_id, []).append(name)
    return found


def _list_given(
    session: Session, study: Study, condition: ColumnElement[bool], *, is_sealed: bool
) -> Iterator[Given]:
    items = list_items(session, study, is_sealed=is_sealed)
    rows = session.execute(
        _join(
            select(
                Assignment.item_id,
                Rater.number,
                RatingScore.criterion,
                RatingScore.slot,
                RatingScore.value,
                Rating.slots,
                Rating.active_ms,
            )
        )
        .join(RatingScore, RatingScore.rating_id == Rating.id)
        .where(StudyItem.study_id == study.id, condition)
        .order_by(Rating.id, RatingScore.criterion, RatingScore.slot)
    )
    for item_id, number, criterion, slot, value, slots, active_ms in rows:
        yield Given(
            item=items[item_id],
            rater=name_rater(number),
            criterion=criterion,
            slot=slot,
            value=value,
            slots=tuple(slots),
            active_ms=active_ms,
        )


def _join(query: Any) -> Any:
    """From each rating to its item and rater, and to the one that came in its place."""
    return (
        query.select_from(Rating)
        .join(Assignment, Assignment.id == Rating.assignment_id)
        .join(Rater, Rater.id == Assignment.rater_id)
        .join(StudyItem, StudyItem.id == Assignment.item_id)
        .outerjoin(_later, _later.supersedes_id == Rating.id)
    )


def _choose_rule(options: Options) -> ColumnElement[str]:
    """The name of the first rule that holds of a rating; rules.LEFT_OUT has their order."""
    wrong_raters = Rater.is_simulated.is_(options.who == "people")
    most = options.most_failed
    holds: dict[str, ColumnElement[bool]] = {
        "practice": StudyItem.kind == ItemKind.PRACTICE,
        "changed": _later.id.is_not(None),
        "other_raters": wrong_raters,
        "repeat": StudyItem.kind == ItemKind.REPEAT,
        "control": StudyItem.kind.in_([kind.value for kind in CONTROLS]),
        "cannot_judge": or_(
            Rating.cannot_judge.is_not(None),
            Assignment.state == AssignmentState.CANNOT_JUDGE,
        ),
        "failed_controls": (Rater.num_controls_failed > most) if most is not None else false(),
        "surplus": Assignment.state != AssignmentState.PRIMARY,
    }
    return case(*((holds[name], name) for name in LEFT_OUT), else_=COUNTS)
