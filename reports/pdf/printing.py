"""Runs typst on a composed document. The same report, language and date give the same bytes."""

import datetime as dt
import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import typst

from domain.results.report import Report
from reports import fonts
from reports.pdf import document
from reports.speech import Speech

_TEMPLATE = Path(__file__).parent / "report.typ"


def make(report: Report, language: str = "en") -> bytes:
    return print_document(document.compose(report, Speech(language)), report.date)


def draw_pages(report: Report, language: str = "en", *, ppi: float = 96) -> list[bytes]:
    """The pages as PNG, to look at."""
    return draw_document(document.compose(report, Speech(language)), report.date, ppi=ppi)


def print_document(composed: Mapping[str, Any], date: dt.date) -> bytes:
    (pdf,) = _compile(composed, date, "pdf")
    return pdf


def draw_document(composed: Mapping[str, Any], date: dt.date, *, ppi: float = 96) -> list[bytes]:
    return _compile(composed, date, "png", ppi=ppi)


def _compile(
    composed: Mapping[str, Any],
    date: dt.date,
    format_: Literal["pdf", "png"],
    *,
    ppi: float | None = None,
) -> list[bytes]:
    data = json.dumps(composed, ensure_ascii=False)
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(), font_paths=_load_fonts(), ignore_system_fonts=True
    )
    made, warnings = compiler.compile_with_warnings(
        format=format_,
        ppi=ppi,
        sys_inputs={"data": data},
        timestamp=dt.datetime.combine(date, dt.time(), dt.UTC),
    )
    assert not warnings, f"The template is at fault: {[str(each) for each in warnings]}"
    assert made is not None, "Without an output file the bytes come back."
    return [made] if isinstance(made, bytes) else list(made)


@functools.cache
def _load_fonts() -> typst.Fonts:
    """Ours only: a machine's own fonts would change the bytes."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fonts.FOLDER)],
    )
