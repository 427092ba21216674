"""Every number of a report as one long table, a row for each: for those who compute on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from domain.results.report import Facts, Report
from reports import facts as reading
from reports import measures
from reports.files.tables import Cell

_SIZES = ("n", "n_ratings", "n_items", "n_prompts")  # the first that is there is a figure's n
_PART_OF_A_FIGURE = frozenset(
    {"value", "low", "high", "reason", "definition", "n_prompts", "n_raters", "n_ratings"}
)
_BASIS = {"n_prompts": "prompts", "n_raters": "raters"}
# How the computation was set up, which the JSON tells; no results.
_SETTINGS = frozenset({"B", "seed", "num_resamples", "confidence", "levels", "benchmarks"})


@dataclass(frozen=True, kw_only=True)
class Figure:
    section: str
    criterion: str
    group: str  # what it is within: 'arm=...; stratum=...'
    measure: str  # keys in the JSON, joined by dots
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reason: str = ""
    definition: str = ""


COLUMNS = tuple(field.name for field in fields(Figure))


def list_figures(report: Report) -> list[Figure]:
    return [
        *_list_counts(report),
        *_list_agreement(report.agreement),
        *_list_rows("raters", report.rater_rows),
        *_list_rows("items", report.items),
        *_list_of("effects", (report.effects,)),
        *_list_of("preferences", (report.preferences,)),
        *_list_of("frontier", (report.frontier,)),
    ]


def as_columns(figures: Sequence[Figure]) -> dict[str, list[Cell]]:
    return {name: [getattr(each, name) for each in figures] for name in COLUMNS}


def _list_counts(report: Report) -> Iterator[Figure]:
    for covered in report.coverage:
        group = _name({"stratum": covered.stratum, "country": covered.country})
        for name in ("num_items", "num_wanted", "num_primary"):
            yield _count("coverage", group, name, getattr(covered, name))
    yield _count("raters", "", "num", report.raters.num)
    yield _count("raters", "", "num_withdrawn", report.raters.num_withdrawn)
    for name in ("by_country", "by_language", "in_region"):
        for counted in getattr(report.raters, name):
            yield _count("raters", _name({name: counted.key}), "num", counted.num)
    for left in report.left_out:
        for name in ("num_ratings", "num_raters"):
            yield _count("left_out", _name({"rule": left.rule}), name, getattr(left, name))


def _count(section: str, group: str, measure: str, value: int) -> Figure:
    known = measures.find(measure)
    return Figure(
        section=section,
        criterion="",
        group=group,
        measure=measure,
        value=value,
        definition=known.definition if known else "",
    )


def _list_agreement(agreement: Facts) -> Iterator[Figure]:
    for criterion, facts in agreement.items():
        yield from _descend(facts, _Place(section="agreement", criterion=str(criterion)))


def _list_of(section: str, parts: Sequence[Facts | None]) -> Iterator[Figure]:
    for facts in parts:
        if facts is not None:
            yield from _descend(facts, _Place(section=section))


def _list_rows(section: str, rows: Sequence[Facts]) -> Iterator[Figure]:
    for row in rows:
        yield from _descend(row, _Place(section=section).enter(row))


@dataclass(frozen=True, kw_only=True)
class _Place:
    section: str
    criterion: str = ""
    group: str = ""
    keys: tuple[str, ...] = ()
    n: int | None = None

    def enter(self, facts: Mapping[str, Any]) -> "_Place":
        """A row of a list names what it is about by its texts."""
        names = {key: text for key, text in facts.items() if isinstance(text, str) and text}
        names |= facts["by"] if isinstance(facts.get("by"), Mapping) else {}
        own = _name({key: text for key, text in names.items() if key not in _NO_NAMES})
        return _Place(
            section=self.section,
            criterion=names.get("criterion", self.criterion),
            group="; ".join(part for part in (self.group, own) if part),
            keys=self.keys,
            n=self.n,
        )

    def below(self, key: str, n: int | None) -> "_Place":
        return _Place(
            section=self.section,
            criterion=self.criterion,
            group=self.group,
            keys=(*self.keys, key),
            n=n,
        )


_NO_NAMES = frozenset({"criterion", "reason", "definition"})


def _descend(facts: Any, place: _Place) -> Iterator[Figure]:
    if reading.is_figure(facts):
        yield _make(facts, place)
        rest = {key: value for key, value in facts.items() if key not in _PART_OF_A_FIGURE}
        yield from _descend_into(rest, place)
    elif isinstance(facts, Mapping):
        yield from _descend_into(facts, place)
    elif isinstance(facts, Sequence) and not isinstance(facts, str):
        for number, each in enumerate(facts):
            row = isinstance(each, Mapping)
            yield from _descend(each, place.enter(each) if row else place.below(str(number), None))
    elif isinstance(facts, int | float):
        yield _make({"value": facts}, place)


def _descend_into(facts: Mapping[str, Any], place: _Place) -> Iterator[Figure]:
    n = _find_size(facts, place.n)
    for key, value in facts.items():
        if key not in _SETTINGS and not (key == "by" and _is_name(value)):
            yield from _descend(value, place.below(str(key), n))


def _is_name(by: Any) -> bool:
    """`by` names the group of a comparison; elsewhere it is a list of results."""
    return not isinstance(by, Sequence) or isinstance(by, str)


def _make(facts: Mapping[str, Any], place: _Place) -> Figure:
    found = reading.take({"figure": facts}, "figure")
    known = measures.find(*place.keys)
    return Figure(
        section=place.section,
        criterion=place.criterion,
        group=place.group,
        measure=".".join(place.keys),
        value=found.value,
        low=found.low,
        high=found.high,
        n=_find_size(facts, place.n),
        reason=found.reason,
        definition=_define(facts, known.definition if known else ""),
    )


def _define(facts: Mapping[str, Any], otherwise: str) -> str:
    """How it was computed, and on how many prompts and raters where the figure says so."""
    said = str(facts.get("definition") or otherwise)
    basis = [f"{facts[name]:,} {word}" for name, word in _BASIS.items() if facts.get(name)]
    return f"{said} [{', '.join(basis)}]" if said and basis else said


def _find_size(facts: Mapping[str, Any], otherwise: int | None) -> int | None:
    sizes = (facts.get(name) for name in _SIZES)
    return next((size for size in sizes if isinstance(size, int)), otherwise)


def _name(texts: Mapping[str, Any]) -> str:
    return "; ".join(f"{key}={text}" for key, text in texts.items())
