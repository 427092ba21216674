"""From rows to what the templates of studies need. No value of a rating gets here, and arms are
named only where the design is shown.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from babel.core import Locale
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import rendering, shelf
from app.rate.pages import name_in
from app.shelf import Listed
from domain import clock
from domain.errors import Word
from domain.jobs import rules as job_rules
from domain.jobs.models import Job
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.ratings import coverage, export, queries
from domain.ratings.coverage import Covered, RaterRow
from domain.ratings.models import Rater
from domain.ratings.queries import Exhausted, Flagged, Summary
from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import queries as makers
from domain.studies import drafting
from domain.studies import queries as study_queries
from domain.studies import service as studies
from domain.studies.models import Study, StudyArm, StudyState
from domain.studies.queries import Happened, Worded
from domain.users.models import User
from domain.variants.models import Variant
from specs.study.design import StudyDesign
from specs.study.registration import Registration

_RUNNING = (StudyState.OPEN, StudyState.PAUSED)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of the list."""

    page: Listed[Study]
    summaries: Mapping[uuid.UUID, Summary]


@dataclass(frozen=True, kw_only=True)
class Names:
    """What places and strata are called in the language of the page."""

    region: str
    strata: Mapping[str, str]
    countries: Mapping[str, str]

    def stratum(self, key: str) -> str:
        return self.strata.get(key, key)

    def country(self, code: str) -> str:
        return self.countries.get(code, code)


@dataclass(frozen=True, kw_only=True)
class Cover:
    """How far a study is: the part of its page that is fetched again and again."""

    study: Study
    names: Names
    rows: Sequence[Covered]
    total: Covered
    exhausted: Sequence[Exhausted]
    num_exhausted: int
    num_raters: int

    @property
    def is_live(self) -> bool:
        return self.study.state == StudyState.OPEN

    @property
    def of_countries(self) -> bool:
        return any(row.country for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything the page of one study shows."""

    study: Study
    design: StudyDesign
    registration: Registration | None
    arms: Sequence[tuple[StudyArm, Variant]]
    prompt_set: PromptSet
    maker: User | None
    gaps: Sequence[str]
    opening: Job | None
    is_sealed: bool
    events: Sequence[Happened]
    versions: Sequence[Worded]
    cover: Cover
    raters: Sequence[RaterRow]
    flagged: Sequence[Flagged]

    @property
    def is_draft(self) -> bool:
        return self.study.state == StudyState.DRAFT

    @property
    def is_running(self) -> bool:
        return self.study.state in _RUNNING

    @property
    def is_opening(self) -> bool:
        """Its pictures are just being encoded."""
        there = self.opening is not None and self.opening.state not in job_rules.FINISHED
        return self.is_draft and there

    @property
    def lookers(self) -> list[Happened]:
        """Who opened effects by arm before it closed."""
        return [each for each in self.events if each.event.kind == "looked_into"]

    def country_of(self, rater: Rater) -> str:
        return self.cover.names.country(str(rater.profile.get("country", "")))


def make_list(session: Session, *, archived: bool, cursor: uuid.UUID | None) -> Found:
    page = shelf.list_page(session, Study, archived=archived, cursor=cursor)
    return Found(page=page, summaries=queries.summarize(session, [row.id for row in page.rows]))


def make_view(session: Session, settings: Settings, study: Study, language: str) -> View:
    is_draft = study.state == StudyState.DRAFT
    return View(
        study=study,
        design=studies.read_design(study),
        registration=studies.read_registration(study),
        arms=studies.list_arms(session, study),
        prompt_set=prompts.get(session, study.prompt_set_id),
        maker=makers.find_maker(session, study),
        gaps=drafting.list_gaps(session, study) if is_draft else (),
        opening=study_queries.find_opening(session, study) if is_draft else None,
        is_sealed=export.is_sealed(session, study),
        events=study_queries.list_events(session, study),
        versions=study_queries.list_versions(session, study),
        cover=make_cover(session, settings, study, language),
        raters=coverage.list_raters(session, study),
        flagged=queries.list_flagged(session, study),
    )


def make_cover(session: Session, settings: Settings, study: Study, language: str) -> Cover:
    rows = coverage.list_covered(session, study)
    return Cover(
        study=study,
        names=make_names(settings, study, language),
        rows=rows,
        total=coverage.count_total(rows),
        exhausted=queries.list_exhausted(session, study),
        num_exhausted=coverage.count_exhausted(session, study),
        num_raters=queries.summarize(session, [study.id])[study.id].num_raters,
    )


def make_names(settings: Settings, study: Study, language: str) -> Names:
    """A region whose file is no longer there leaves its keys behind."""
    there = {region.key: region for region in regions.list_regions(settings)}
    region = there.get(study.region)
    return Names(
        region=name_in(region, language) if region else study.region,
        strata={each.key: name_in(each, language) for each in region.strata} if region else {},
        countries=dict(Locale.parse(language).territories.items()),
    )


def show(
    request: Request,
    session: Session,
    settings: Settings,
    study: Study,
    *,
    wrong: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
    **typed: Any,
) -> Response:
    """The study's page; `wrong` and `typed` are what was refused."""
    view = make_view(session, settings, study, rendering.choose_language(request).code)
    return rendering.page(
        request,
        "studies/study.html",
        status,
        view=view,
        cover=view.cover,
        errors=wrong or {},
        typed={"name": study.name, "reason": ""} | typed,
        now=clock.now(),
    )


def go_to(request: Request, study: Study, said: Word, where: str = "") -> Response:
    """To a page of the study, with a word about what was done."""
    response = RedirectResponse(f"/studies/{study.id}{where}", HTTPStatus.SEE_OTHER)
    rendering.add_toast(request, response, rendering.translate(request, said))
    return response
