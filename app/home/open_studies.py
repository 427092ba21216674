"""Studies that people rate in now: how far each is, and how far its raters agree."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.errors import Forbidden
from domain.ratings import queries
from domain.results import seeing
from domain.results import service as results
from domain.results.rules import Options
from domain.settings import Settings
from domain.shelf import queries as shelf
from domain.studies.models import Study, StudyState
from domain.users.person import Person
from reports import facts
from reports.facts import Estimated

_MOST = 5


@dataclass(frozen=True, kw_only=True)
class OpenStudy:
    id: uuid.UUID
    name: str
    num_primary: int
    num_wanted: int
    alpha: Estimated | None  # of people, on the criterion the study is judged by


def list_open(session: Session, person: Person, settings: Settings) -> Sequence[OpenStudy]:
    """The newest first."""
    rows = shelf.list_rows(session, Study, Study.state == StudyState.OPEN, limit=_MOST)
    summaries = queries.summarize(session, [row.id for row in rows])
    return [
        OpenStudy(
            id=row.id,
            name=row.name,
            num_primary=summaries[row.id].num_primary,
            num_wanted=summaries[row.id].num_wanted,
            alpha=_find_alpha(session, row, person, settings),
        )
        for row in rows
    ]


def _find_alpha(
    session: Session, study: Study, person: Person, settings: Settings
) -> Estimated | None:
    """Nothing for those who still rate in it, and nothing that a job has yet to compute."""
    try:
        seeing.check(session, study, person)
    except Forbidden:
        return None
    found = results.show(session, study, Options(), settings)
    if found is None:
        return None
    agreement = found.report.agreement.get(facts.get_primary(found.report), {})
    return facts.take(agreement, "alpha", facts.get_headline(found.report))
