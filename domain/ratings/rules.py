"""Decisions about a rating, without rows."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.ratings import errors
from domain.ratings.models import CannotJudge
from specs.study.design import Criterion, Eligibility, StudyDesign

LONGEST_COMMENT = 10_000
TIE, BOTH_BAD = -1, -2
_NUM_TRIES = 12

Values = Mapping[str, Any]
Scores = dict[tuple[str, int], int]  # (criterion, slot) -> value


def read_scores(design: StudyDesign, values: Values, slots: Sequence[int]) -> Scores:
    """What was sent, by position as the rater saw it, as scores by slot."""
    found: Scores = {}
    for criterion in design.criteria:
        if values.get(criterion.key) in (None, "", [], ()):
            raise errors.RatingIncomplete(criterion.key)
        read = {"likert": _read_level, "pair": _read_pair, "rank": _read_rank}[design.form]
        found |= read(criterion, values[criterion.key], slots)
    return found


def _read_level(criterion: Criterion, value: Any, slots: Sequence[int]) -> Scores:
    level = _read_number(criterion, value)
    if not 1 <= level <= criterion.levels:
        raise errors.RatingWrong(criterion.key)
    return {(criterion.key, slots[0]): level}


def _read_pair(criterion: Criterion, value: Any, slots: Sequence[int]) -> Scores:
    """'1' and '2' are positions, from the left or the top; 'tie' and 'both_bad' are neither."""
    answers = {"1": slots[0], "2": slots[1], "tie": TIE, "both_bad": BOTH_BAD}
    if str(value) not in answers:
        raise errors.RatingWrong(criterion.key)
    return {(criterion.key, 0): answers[str(value)]}


def _read_rank(criterion: Criterion, value: Any, slots: Sequence[int]) -> Scores:
    """The place of each position, in order: [2, 1, 3] puts the second one first."""
    places = [_read_number(criterion, each) for each in value] if isinstance(value, list) else []
    if sorted(places) != list(range(1, len(slots) + 1)):
        raise errors.RatingWrong(criterion.key)
    return {(criterion.key, slot): place for slot, place in zip(slots, places, strict=True)}


def _read_number(criterion: Criterion, value: Any) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        raise errors.RatingWrong(criterion.key)
    return int(text[:6])


def read_reason(value: str) -> CannotJudge:
    try:
        return CannotJudge(value)
    except ValueError:
        raise errors.RatingWrong("cannot_judge") from None


def check_comment(comment: str) -> str:
    if len(comment) > LONGEST_COMMENT:
        raise errors.CommentTooLong(LONGEST_COMMENT)
    return comment


def is_failed(expected: Mapping[str, Sequence[int]], scores: Scores) -> bool:
    """Whether an item whose right answer is known was answered otherwise."""
    return any(
        value not in expected[criterion]
        for (criterion, _slot), value in scores.items()
        if criterion in expected
    )


def is_repeat_failed(first: Scores, again: Scores) -> bool:
    """Two levels apart, or the other of two: a neighbouring level is no failure."""
    return any(abs(first[key] - again[key]) > 1 for key in again if key in first)


def is_eligible(
    rule: Eligibility,
    *,
    country: str,
    languages: Iterable[str],
    region_countries: Iterable[str],
) -> bool:
    """Whether this person may take part at all; the country of a prompt is looked at per item."""
    if rule.languages and not set(rule.languages) & set(languages):
        return False
    return rule.countries == "anyone" or country in set(region_countries)


def order_slots(arms: Sequence[object], shown: Iterable[Sequence[object]], seed: str) -> list[int]:
    """Which slot stands where, so that over a rater's items no arm stands before another more than
    once more often than behind it. `shown` are the arms of earlier items in the order shown.
    """
    num = len(arms)
    if num < 2:  # noqa: PLR2004 - alone there is no order
        return list(range(num))
    ahead = _count_ahead(shown)
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    tries: list[list[int]] = []
    for _ in range(_NUM_TRIES):
        order = rng.sample(range(num), num)
        tries += [order, order[::-1]]
    known = {each: slot for slot, each in enumerate(arms)}
    for before in shown:
        if set(before) == set(arms):
            tries.append([known[each] for each in reversed(before)])
    return min(tries, key=lambda order: _weigh([arms[slot] for slot in order], ahead))


def _count_ahead(shown: Iterable[Sequence[object]]) -> dict[tuple[object, object], int]:
    """How often one arm stood before another, less how often behind."""
    ahead: dict[tuple[object, object], int] = {}
    for order in shown:
        for at, one in enumerate(order):
            for other in order[at + 1 :]:
                ahead[one, other] = ahead.get((one, other), 0) + 1
                ahead[other, one] = ahead.get((other, one), 0) - 1
    return ahead


def _weigh(order: Sequence[object], ahead: Mapping[tuple[object, object], int]) -> tuple[int, int]:
    """The worst imbalance that this order would leave, then the sum of all."""
    left = [
        abs(ahead.get((one, other), 0) + 1)
        for at, one in enumerate(order)
        for other in order[at + 1 :]
    ]
    return max(left), sum(each * each for each in left)


def mix(seed: int, text: str) -> str:
    """The place of something in a rater's own order."""
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()
