"""The table of ratings: what is exported, what the terminal reads, and what the platform computes
from. One row per value that counts. Pure.

A pair is one value: which of its two outputs, a tie, or both bad. Places of a ranking are values of
the outputs they were given to. So `item`, `rater` and `value` are there in every form, and
`ggez agreement` reads each; `ggez effects`, `pairs` and `ranks` read the columns of theirs.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from domain.ratings.rules import BOTH_BAD, TIE
from domain.results.fetching import Given
from domain.results.report import Criterion, Design

Form = Literal["likert", "pair", "rank"]
Columns = dict[str, list[Any]]

# How the four outcomes of a pair count, for agreement: names, never an order.
FIRST, SECOND, NEITHER, BOTH = 1, 2, 3, 4
NUM_OUTCOMES = 4

_ABOUT = ("stratum", "region", "country", "language")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "likert": ("item", "rater", "value", "criterion", "arm", "prompt", *_ABOUT),
    "pair": (
        *("item", "rater", "value", "criterion", "left", "right", "winner", "prompt"),
        *_ABOUT,
    ),
    "rank": (
        *("item", "rater", "value", "criterion", "arm", "ranking", "rank", "prompt"),
        *_ABOUT,
    ),
}
SEALED = frozenset({"arm", "prompt", "left", "right", "winner"})


def list_levels(design: Design, criterion: Criterion) -> tuple[float, ...]:
    """The values that a criterion's column may hold."""
    num = {"likert": criterion.levels, "pair": NUM_OUTCOMES, "rank": len(design.arms)}[design.form]
    return tuple(float(level) for level in range(1, (num or 2) + 1))


def make(form: Form, given: Iterable[Given], *, is_sealed: bool) -> Columns:
    """Without the columns that are sealed, where they are."""
    names = [name for name in COLUMNS[form] if not (is_sealed and name in SEALED)]
    columns: Columns = {name: [] for name in names}
    tell = _TELL[form]
    for each in given:
        row = tell(each) | {
            "rater": each.rater,
            "criterion": each.criterion,
            "prompt": each.item.prompt,
            "stratum": each.item.stratum,
            "region": each.item.region,
            "country": each.item.country,
            "language": each.item.language,
        }
        for name in names:
            columns[name].append(row[name])
    return columns


def _tell_level(each: Given) -> dict[str, Any]:
    arm = each.item.arms[each.slot] if each.item.arms else None
    return {"item": str(each.item.id), "value": each.value, "arm": arm}


def _tell_vote(each: Given) -> dict[str, Any]:
    """`left` and `right` as the rater saw them: what a bias towards a side can be seen from."""
    value = {TIE: NEITHER, BOTH_BAD: BOTH}.get(each.value, FIRST + each.value)
    row: dict[str, Any] = {"item": str(each.item.id), "value": value}
    if each.item.arms:
        left, right = (each.item.arms[slot] for slot in each.slots)
        winner = {NEITHER: "tie", BOTH: "both_bad"}.get(value) or each.item.arms[each.value]
        row |= {"left": left, "right": right, "winner": winner}
    return row


def _tell_place(each: Given) -> dict[str, Any]:
    arm = each.item.arms[each.slot] if each.item.arms else None
    return {
        "item": f"{each.item.id}/{each.slot}",
        "ranking": str(each.item.id),
        "value": each.value,
        "rank": each.value,
        "arm": arm,
    }


_TELL: Mapping[str, Callable[[Given], dict[str, Any]]] = {
    "likert": _tell_level,
    "pair": _tell_vote,
    "rank": _tell_place,
}
