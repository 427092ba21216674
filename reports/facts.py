"""Reads what stats measured out of a report: the one place that knows the shapes of its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.results.report import Facts, Report

FEW_RATERS = 10
NO_ORDER = "the outcomes of a pair have no order"  # a reason that domain.results gives
TENTATIVE, RELIABLE = 0.667, 0.80  # Krippendorff's (2004) marks for alpha


@dataclass(frozen=True, kw_only=True)
class Estimated:
    """A number with its interval; without them where they are undefined, for the reason given."""

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    @property
    def has_interval(self) -> bool:
        return self.value is not None and self.low is not None and self.high is not None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """An arm against the baseline on one criterion, over all prompts or within a group."""

    arm: str
    criterion: str
    group: tuple[str, str] | None  # column and label
    difference: Estimated
    p_value: Estimated  # by sign flips, corrected by Holm
    facts: Facts

    @property
    def is_overall(self) -> bool:
        return self.group is None


@dataclass(frozen=True, kw_only=True)
class Point:
    """A variant between keeping and gaining."""

    name: str
    beta: float | None
    retention: Estimated
    gain: Estimated
    is_on_frontier: bool = False
    is_baseline: bool = False
    share_on_frontier: float | None = None  # of the resamples


@dataclass(frozen=True, kw_only=True)
class Line:
    """A variant's GRP over its weight: q_regional at 0, q_global at 1."""

    name: str
    beta: float | None
    q_global: float
    q_regional: float


def is_figure(value: object) -> bool:
    return isinstance(value, Mapping) and "value" in value


def take(facts: Facts, *path: str) -> Estimated:
    """The figure at this path; where there is none, undefined for that reason."""
    found: Any = facts
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, int | float):
        return Estimated(value=float(found))
    if not is_figure(found):
        return Estimated(value=None, reason="not computed")
    names = ("value", "low", "high")
    return Estimated(
        **{name: found.get(name) for name in names}, reason=str(found.get("reason") or "")
    )


def list_effects(report: Report) -> list[Effect]:
    rows: Sequence[Facts] = (report.effects or {}).get("comparisons", ())
    return [
        Effect(
            arm=str(row["arm"]),
            criterion=str(row.get("criterion") or get_primary(report)),
            group=next(iter((row.get("by") or {}).items()), None),
            difference=take(row, "difference"),
            p_value=take(row, "p_sign_flip_holm"),
            facts=row,
        )
        for row in rows
    ]


def get_primary(report: Report) -> str:
    """The key of the criterion that the study is judged by."""
    primary = report.get_primary()
    return primary.key if primary else ""


def get_headline(report: Report) -> str:
    """Which alpha counts: the outcomes of a pair are names, all other values have an order."""
    return "nominal" if report.design.form == "pair" else "ordinal"


def list_points(frontier: Facts) -> list[Point]:
    rows: Sequence[Facts] = frontier.get("points", ())
    return [
        Point(
            name=str(row["variant"]),
            beta=row.get("beta"),
            retention=take(row, "retention"),
            gain=take(row, "gain"),
            is_on_frontier=bool(row.get("is_on_frontier")),
            is_baseline=row.get("variant") == frontier.get("base"),
            share_on_frontier=take(row, "p_frontier").value,
        )
        for row in rows
    ]


def list_lines(frontier: Facts) -> list[Line]:
    rows: Sequence[Facts] = (frontier.get("grp") or {}).get("rows", ())
    return [
        Line(
            name=str(row["variant"]),
            beta=row.get("beta"),
            q_global=float(row["q_global"]),
            q_regional=float(row["q_regional"]),
        )
        for row in rows
    ]


def get_confidence(report: Report) -> float:
    return float((report.effects or report.preferences or {}).get("confidence", 0.95))
