"""The items that raters disagree about most, with what was shown."""

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from domain.ratings import queries
from domain.results.report import Facts, Report
from domain.studies.models import Study

Order = Literal["entropy", "range", "mean"]
MOST_SHOWN = 24


@dataclass(frozen=True, kw_only=True)
class Disputed:
    """One item: its number finds its pictures in the preview of the study."""

    number: int
    num_outputs: int
    prompt: str
    criterion: str
    facts: Facts


def list_disputed(
    session: Session, study: Study, report: Report, *, by: Order = "entropy"
) -> list[Disputed]:
    """The largest entropy or range first, or the lowest mean; of equals the most disputed. The
    outcomes of a pair have neither a range nor a mean.
    """
    by = "entropy" if report.design.form == "pair" else by
    sign = 1 if by == "mean" else -1
    chosen = sorted(report.items, key=lambda facts: sign * facts[by])[:MOST_SHOWN]
    ids = {_read_id(facts) for facts in chosen}
    rows = queries.list_numbered(session, study, ids)
    return [
        Disputed(
            number=row.number,
            num_outputs=row.num_outputs,
            prompt=row.prompt,
            criterion=str(facts.get("criterion", "")),
            facts=facts,
        )
        for facts in chosen
        if (row := rows.get(_read_id(facts))) is not None
    ]


def _read_id(facts: Facts) -> uuid.UUID:
    """Of a ranking's output the item is named before the slash."""
    return uuid.UUID(str(facts["item"]).partition("/")[0])
