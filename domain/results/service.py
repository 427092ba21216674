"""Reports of studies: found where they were kept, computed where they were not, kept again.

A kept report stands on its basis: the ratings there were, what was open to be seen, the code that
computed. On the same basis the same report comes out, so it is not computed twice.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain import clock
from domain.db import Json, new_id
from domain.errors import NotFound
from domain.ratings import export
from domain.ratings.models import Rater
from domain.regions import globalisation
from domain.results import describing, fetching, global_quality
from domain.results.computing import code
from domain.results.computing.material import Material
from domain.results.models import KeptReport
from domain.results.report import SHAPE, Report
from domain.results.rules import Options
from domain.settings import Settings, find_version
from domain.studies.models import Study, StudyEvent
from specs.kinds.study.study_analyse import StudyAnalyse

# Up to so many ratings a page computes what it shows; of more a job does.
MOST_AT_ONCE = 20_000

_READ = TypeAdapter(Report)


@dataclass(frozen=True, kw_only=True)
class Found:
    report: Report
    is_current: bool
    made_at: dt.datetime


def find(session: Session, study: Study, options: Options, settings: Settings) -> Found | None:
    """What was computed last, though ratings may have come since."""
    return _find(session, study, options, find_basis(session, study, settings))


def _find(session: Session, study: Study, options: Options, basis: str) -> Found | None:
    row = session.scalar(
        select(KeptReport).where(
            KeptReport.study_id == study.id, KeptReport.options_sha256 == _digest_options(options)
        )
    )
    if row is None or row.report.get("shape") != SHAPE:
        return None
    return Found(
        report=read(row.report),
        is_current=row.basis == basis,
        made_at=row.made_at,
    )


def show(session: Session, study: Study, options: Options, settings: Settings) -> Found | None:
    """The report as it is now, where that is quickly done; else what is there, perhaps nothing."""
    # Before it is computed: what comes in meanwhile makes the report old, and is not missed.
    basis = find_basis(session, study, settings)
    found = _find(session, study, options, basis)
    if (found is not None and found.is_current) or is_large(session, study):
        return found
    report = compute(session, study, options, settings)
    keep(session, study, options, report, basis=basis)
    return _find(session, study, options, basis)


def is_large(session: Session, study: Study) -> bool:
    return fetching.find_newest(session, study)[1] > MOST_AT_ONCE


def compute(session: Session, study: Study, options: Options, settings: Settings) -> Report:
    # scipy takes half a second to load, and a process that shows no results needs none of it.
    from domain.results.computing import evidence  # noqa: PLC0415 - see above

    return evidence.compute(gather(session, study, options, settings), options)


def as_job(study: Study, options: Options) -> StudyAnalyse:
    return StudyAnalyse(study=study.name, **dataclasses.asdict(options))


def gather(session: Session, study: Study, options: Options, settings: Settings) -> Material:
    """Everything that a report is computed from; afterwards no database is needed."""
    is_sealed = export.is_sealed(session, study)
    newest, _ = fetching.find_newest(session, study)
    header = Report(
        title=study.name,
        made_on=clock.now().date().isoformat(),
        who=options.who,
        is_sealed=is_sealed,
        design=describing.describe_design(session, study, settings),
        history=describing.describe_history(session, study),
        coverage=describing.list_covered(session, study),
        raters=describing.count_raters(session, study, options),
        left_out=fetching.list_left_out(session, study, options),
        agreement={},
        is_alpha_chosen=options.alpha is not None,
        app_version=find_version(),
        last_rating=str(newest) if newest else None,
    )
    return Material.of(
        header,
        fetching.list_counting(session, study, options, is_sealed=is_sealed),
        fetching.list_controls(session, study, options, is_sealed=is_sealed),
        None if is_sealed else global_quality.find(session, study, options.run),
        _find_alpha(settings, study) if options.alpha is None else options.alpha,
    )


def _find_alpha(settings: Settings, study: Study) -> float | None:
    """A region may say nothing of how it is tied to the rest of the world."""
    try:
        return globalisation.get_alpha(settings, study.region)
    except NotFound:
        return None


def keep(session: Session, study: Study, options: Options, report: Report, *, basis: str) -> None:
    values: dict[str, Any] = {
        "options": dataclasses.asdict(options),
        "basis": basis,
        "report": report.to_json(),
        "made_at": clock.now(),
    }
    row = insert(KeptReport).values(
        id=new_id(), study_id=study.id, options_sha256=_digest_options(options), **values
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=[KeptReport.study_id, KeptReport.options_sha256], set_=values
        )
    )


def read(facts: Json) -> Report:
    """From what Report.to_json gave."""
    return _READ.validate_python({name: each for name, each in facts.items() if name != "shape"})


def forget(session: Session, study: Study) -> None:
    """What was computed with a rating that is gone for good goes, too."""
    session.execute(delete(KeptReport).where(KeptReport.study_id == study.id))


def find_basis(session: Session, study: Study, settings: Settings) -> str:
    """Of everything that a report may depend on, but for its options."""
    newest, num = fetching.find_newest(session, study)
    erased = session.scalar(select(func.sum(Rater.num_erased)).where(Rater.study_id == study.id))
    events = session.scalar(
        select(func.count()).select_from(StudyEvent).where(StudyEvent.study_id == study.id)
    )
    basis: Json = {
        "newest": str(newest),
        "num": num,
        "erased": int(erased or 0),
        "events": events,  # opened, closed, looked into, reworded
        "name": study.name,
        "runs": [str(run.job_id) for run in global_quality.list_runs(session, study)],
        "alpha": _find_alpha(settings, study),
        "code": code.digest(),
        "shape": SHAPE,
    }
    return _digest(basis)


def _digest_options(options: Options) -> str:
    return _digest(dataclasses.asdict(options))


def _digest(values: Json) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
