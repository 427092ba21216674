"""A report as JSON, and back. What is no report is told in a sentence."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import pydantic
from pydantic import TypeAdapter

from domain.results.report import SHAPE, Report
from stats.tables import show

_REPORT = TypeAdapter(Report)
_MOST_SHOWN = 3


class ReportFileWrong(ValueError):
    """The file is not a report that this version reads, and why."""


def write(report: Report) -> bytes:
    """The same report gives the same bytes: keys stand in the order of the fields."""
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def read(path: Path) -> Report:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportFileWrong(f"'{path}' cannot be read: {reason}.") from error
    return parse(data, path.name)


def parse(data: bytes, name: str) -> Report:
    facts = _parse_json(data, name)
    if "shape" not in facts:
        raise ReportFileWrong(f"'{name}' is JSON, but no report: it has no 'shape'.")
    if facts["shape"] != SHAPE:
        raise ReportFileWrong(
            f"'{name}' is a report of shape {show(str(facts['shape']))}; "
            f"this version reads shape {SHAPE}."
        )
    given = {key: value for key, value in facts.items() if key != "shape"}
    unknown = sorted(given.keys() - Report.__dataclass_fields__.keys())
    if unknown:
        raise ReportFileWrong(f"'{name}' says '{show(unknown[0])}', which no report has.")
    try:
        report = _REPORT.validate_python(given)
    except pydantic.ValidationError as error:
        raise ReportFileWrong(f"'{name}' is no whole report: {_describe(error)}.") from error
    _check_date(report, name)
    return report


def _parse_json(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
        _check_finite(facts)
    except UnicodeDecodeError as error:
        raise ReportFileWrong(f"'{name}' is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise ReportFileWrong(f"'{name}', line {error.lineno:,}: this is no JSON.") from error
    except RecursionError as error:
        raise ReportFileWrong(f"'{name}' is nested too deeply to be a report.") from error
    except _NotFinite as error:
        raise ReportFileWrong(f"'{name}' holds {error}, which is no number.") from error
    if not isinstance(facts, dict):
        raise ReportFileWrong(f"'{name}' is JSON, but no report: it is not an object.")
    return facts


class _NotFinite(Exception): ...


def _refuse_constant(text: str) -> NoReturn:
    raise _NotFinite(text)


def _check_finite(value: Any) -> None:
    """`1e999` is read as infinity without asking."""
    if isinstance(value, float) and not math.isfinite(value):
        raise _NotFinite(str(value))
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for each in inside:
            _check_finite(each)


def _check_date(report: Report, name: str) -> None:
    try:
        report.date.isoformat()
    except ValueError as error:
        raise ReportFileWrong(
            f"'{name}' was made on '{show(report.made_on)}', which is no date like 2026-05-31."
        ) from error


def _describe(error: pydantic.ValidationError) -> str:
    problems = error.errors(include_url=False)
    told = [
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg'].lower()}"
        for problem in problems[:_MOST_SHOWN]
    ]
    more = len(problems) - _MOST_SHOWN
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
