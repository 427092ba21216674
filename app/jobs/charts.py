"""Measurements over time as lines: points for an inline drawing, and the numbers beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.jobs.models import JobEvent

WIDTH, HEIGHT = 640, 160
_MARGIN = 6
_MAX_ROWS = 24


@dataclass(frozen=True)
class Line:
    name: str
    points: str  # as <polyline points> has it, in WIDTH x HEIGHT
    lowest: float
    highest: float
    latest: float
    length: float  # of what it goes over: seconds, or steps
    end: tuple[float, float]


@dataclass(frozen=True)
class Samples:
    """The same numbers as a table, thinned out."""

    names: Sequence[str]
    rows: Sequence[tuple[float, float | None, Sequence[float | None]]]  # seconds, done, values


def _list_names(reports: Sequence[JobEvent]) -> list[str]:
    return list(dict.fromkeys(name for each in reports for name in each.data.get("metrics") or {}))


def draw_lines(reports: Sequence[JobEvent]) -> list[Line]:
    """One line per metric that was measured at least twice."""
    lines = []
    for name in _list_names(reports):
        measured = [
            ((each.at - reports[0].at).total_seconds(), float(value))
            for each in reports
            # A loss that became NaN is stored as null: it has no place on a line.
            if (value := (each.data.get("metrics") or {}).get(name)) is not None
        ]
        if len(measured) > 1:
            lines.append(_draw(name, measured))
    return lines


def draw_curve(name: str, points: Sequence[Sequence[float | None]]) -> Line | None:
    """A line over steps, out of pairs of step and value; None with fewer than two."""
    measured = [(step, value) for step, value in points if step is not None and value is not None]
    return _draw(name, measured) if len(measured) > 1 else None


def _draw(name: str, measured: Sequence[tuple[float, float]]) -> Line:
    begin, end = measured[0][0], measured[-1][0]
    values = [value for _, value in measured]
    lowest, highest = min(values), max(values)
    points = [
        (
            _scale(second, begin, end, _MARGIN, WIDTH - _MARGIN),
            _scale(value, lowest, highest, HEIGHT - _MARGIN, _MARGIN),
        )
        for second, value in measured
    ]
    return Line(
        name=name,
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        lowest=lowest,
        highest=highest,
        latest=values[-1],
        length=end - begin,
        end=(round(points[-1][0], 1), round(points[-1][1], 1)),
    )


def _scale(value: float, low: float, high: float, begin: float, end: float) -> float:
    """A constant is drawn in the middle: it has no range to fill."""
    if high == low:
        return (begin + end) / 2
    return begin + (value - low) / (high - low) * (end - begin)


def sample(reports: Sequence[JobEvent]) -> Samples:
    names = _list_names(reports)
    step = max(1, -(-len(reports) // _MAX_ROWS))
    kept = [*reports[::step]]
    if reports and kept[-1] is not reports[-1]:
        kept.append(reports[-1])
    rows = []
    for each in kept:
        metrics = each.data.get("metrics") or {}
        seconds = (each.at - reports[0].at).total_seconds()
        rows.append((seconds, each.data.get("done"), [metrics.get(name) for name in names]))
    return Samples(names, rows)
