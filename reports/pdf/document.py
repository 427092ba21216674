"""A report as the document that the template lays out: one page first, then the details."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date

from domain.results.report import Report
from reports import commands, fonts, words
from reports.charts import agreement, effects, look
from reports.facts import get_primary
from reports.pdf import blocks, design, findings, printable
from reports.pdf.blocks import Block, Section
from reports.speech import Speech
from reports.words import limits


def compose(report: Report, _: Speech) -> dict[str, Any]:
    head = Head(
        kind=_("Agreement report"),
        title=report.title,
        subtitle=_say_subtitle(report, _),
        date=report.date,
        app_version=report.app_version,
    )
    return lay_out(head, list(_compose_front(report, _)), _list_sections(report, _), _)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What stands over a document, whatever it is about."""

    kind: str
    title: str
    subtitle: str
    date: dt.date
    app_version: str


def lay_out(
    head: Head, front: Sequence[Block], sections: Sequence[Section], _: Speech
) -> dict[str, Any]:
    """What the template takes."""
    date = head.date
    return {
        "language": _.code,
        "title": head.title,
        "author": "GG-EZ",
        "kind": head.kind,
        "subtitle": head.subtitle,
        "date": [date.year, date.month, date.day],
        "dated": format_date(date, format="long", locale=_.code),
        "made_with": _("Made with GG-EZ %(version)s", version=head.app_version).strip(),
        "fonts": list(fonts.FAMILIES),
        "colours": dict(look.ROLES),
        "front": list(front),
        "sections": [
            each.to_json() for each in (*sections, *_tell_of_boxes(head.title, sections, _))
        ],
    }


def _tell_of_boxes(title: str, sections: Sequence[Section], _: Speech) -> Iterator[Section]:
    """Characters that no font of ours has are told, and not left as boxes without a word."""
    printed = json.dumps([title, *(each.to_json() for each in sections)], ensure_ascii=False)
    lacking = printable.list_lacking(printed)
    if lacking:
        named = ", ".join(f"U+{ord(letter):04X}" for letter in lacking)
        said = _(
            "The fonts that GG-EZ carries lack these characters; empty boxes stand for them: "
            "%(named)s.",
            named=named,
        )
        yield Section(title=_("Characters that could not be printed"), blocks=(blocks.text(said),))


def _say_subtitle(report: Report, _: Speech) -> str:
    parts = [_.pick(report.design.region), format_date(report.date, format="long", locale=_.code)]
    return " · ".join(part for part in parts if part)


def _compose_front(report: Report, _: Speech) -> Iterator[Block]:
    if report.who == "simulated":
        yield blocks.warning(_("Simulated raters: nothing here is about people."))
    yield blocks.lead(words.summarise(report, _))
    primary = get_primary(report)
    effect = None if report.is_sealed else effects.draw(report, primary, _)
    chart = effect or agreement.draw(report, primary, _)
    if chart is not None:
        yield blocks.picture(chart)


def _list_sections(report: Report, _: Speech) -> list[Section]:
    return [
        design.describe_design(report, _),
        design.describe_looks(report, _),
        design.describe_coverage(report, _),
        design.describe_raters(report, _),
        design.describe_exclusions(report, _),
        findings.describe_agreement(report, _),
        findings.describe_effects(report, _),
        findings.describe_frontier(report, _),
        findings.describe_diagnostics(report, _),
        Section(
            title=_("What this report cannot tell"),
            blocks=(blocks.bullets(limits.list_limits(report, _)),),
        ),
        _explain_recomputing(report, _),
    ]


def _explain_recomputing(report: Report, _: Speech) -> Section:
    rows = [
        (_("Version"), report.app_version or _("not on record")),
        (_("Newest rating that counted"), report.last_rating or _("not on record")),
    ]
    return Section(
        title=_("How to recompute"),
        blocks=(
            blocks.text(
                _(
                    "The exported ratings give the same numbers again, on any machine. The figures "
                    "of this report are also there as JSON, CSV and Parquet, with a codebook."
                )
            ),
            *(blocks.code(command) for command in commands.list_commands(report)),
            blocks.facts(rows),
        ),
    )
