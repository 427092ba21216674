"""What a report says of the study itself: its design, its history, who rated, how far it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.ratings import coverage
from domain.ratings.models import Assignment, AssignmentState, Rater, RaterState
from domain.regions import service as regions
from domain.results.report import (
    Arm,
    Counted,
    Covered,
    Criterion,
    Design,
    History,
    Look,
    Raters,
    Registration,
    Texts,
)
from domain.results.rules import Options
from domain.settings import Settings
from domain.studies import gathering, versions
from domain.studies import service as studies
from domain.studies.models import Study, StudyEvent
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording

UNKNOWN = ""  # what a person did not say


def describe_design(session: Session, study: Study, settings: Settings) -> Design:
    design = studies.read_design(study)
    wording = versions.read_newest_wording(session, study)
    region = _find_region(settings, study)
    return Design(
        form=design.form,
        medium=design.medium,
        criteria=tuple(_describe_criteria(design, wording)),
        arms=tuple(
            Arm(name=variant.name, beta=variant.beta, is_baseline=arm.is_baseline)
            for arm, variant in studies.list_arms(session, study)
            if not arm.is_photo
        ),
        strata={key: _name_stratum(region, key) for key in design.strata},
        region=dict(region.names) if region else {"en": study.region},
        num_prompts=len(gathering.list_prompts(session, study)),
        ratings_per_item=design.raters_per_item,
    )


def describe_history(session: Session, study: Study) -> History:
    registration = studies.read_registration(study)
    looks = session.scalars(
        select(StudyEvent)
        .where(StudyEvent.study_id == study.id, StudyEvent.kind == "looked_into")
        .order_by(StudyEvent.id)
    )
    return History(
        opened_at=study.opened_at.isoformat() if study.opened_at else None,
        closed_at=study.closed_at.isoformat() if study.closed_at else None,
        registration=Registration(**registration.model_dump()) if registration else None,
        registration_sha256=study.registration_sha256,
        looks=tuple(
            Look(at=event.at.isoformat(), reason=str(event.detail.get("reason", "")))
            for event in looks
        ),
    )


def list_covered(session: Session, study: Study) -> tuple[Covered, ...]:
    return tuple(
        Covered(
            stratum=row.stratum,
            country=row.country,
            num_items=row.num_items,
            num_wanted=row.num_wanted,
            num_primary=row.num_primary,
        )
        for row in coverage.list_covered(session, study)
    )


def count_raters(session: Session, study: Study, options: Options) -> Raters:
    """Those who gave at least one primary rating, as they described themselves; and how many took
    theirs back.
    """
    is_simulated = options.who == "simulated"
    of_study = select(Rater).where(Rater.study_id == study.id, Rater.is_simulated == is_simulated)
    rated = select(Assignment.rater_id).where(Assignment.state == AssignmentState.PRIMARY)
    rows = session.scalars(of_study.where(Rater.id.in_(rated))).all()
    withdrawn = session.scalars(of_study.where(Rater.state == RaterState.WITHDRAWN)).all()
    places = {True: "yes", False: "no", None: "unknown"}
    return Raters(
        num=len(rows),
        by_country=_count(str(row.profile.get("country") or UNKNOWN) for row in rows),
        by_language=_count(
            str(tag) for row in rows for tag in row.profile.get("languages") or [UNKNOWN]
        ),
        in_region=_count(places[row.is_in_region] for row in rows),
        num_withdrawn=len(withdrawn),
    )


def _count(keys: Iterable[str]) -> tuple[Counted, ...]:
    """The most frequent first."""
    counts = Counter(keys)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(Counted(key=key, num=num) for key, num in ordered)


def _describe_criteria(design: StudyDesign, wording: StudyWording) -> Iterable[Criterion]:
    for criterion in design.criteria:
        said = {
            tag: words.criteria[criterion.key]
            for tag, words in wording.languages.items()
            if criterion.key in words.criteria
        }
        yield Criterion(
            key=criterion.key,
            levels=criterion.levels if design.form == "likert" else None,
            names={tag: each.name for tag, each in said.items()},
            anchors={tag: each.anchors for tag, each in said.items() if each.anchors},
        )


def _find_region(settings: Settings, study: Study) -> Region | None:
    """A region whose file is no longer there leaves its key behind."""
    return next((each for each in regions.list_regions(settings) if each.key == study.region), None)


def _name_stratum(region: Region | None, key: str) -> Texts:
    strata: Sequence[Any] = region.strata if region else ()
    named: Mapping[str, Texts] = {each.key: dict(each.names) for each in strata}
    return named.get(key, {"en": key})
