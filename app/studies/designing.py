"""Making a study, and changing one that is still a draft."""

import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs.launch import read_form
from app.rate.pages import name_in
from app.studies import forms, pages, parsing
from app.studies.forms import Typed
from app.studies.parsing import Parsed
from domain.errors import Conflict, Invalid, NotFound, Word
from domain.outputs import queries as outputs
from domain.prompts import queries as prompts
from domain.regions import service as regions
from domain.settings import Settings
from domain.studies import drafting
from domain.studies import service as studies
from domain.studies.drafting import NewStudy
from domain.studies.errors import StudyFrozen
from domain.studies.models import Study, StudyArm, StudyState
from specs import presets
from specs.study.wording import StudyWording

_ = rendering.translate
router = APIRouter()

PRESET_KIND = "study"
_MOST_SETS = 1000
SentForm = Annotated[FormData, Depends(read_form)]


class PresetNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__("There is no preset '%(name)s' of a study.", name=name)


@router.get("/new")
def show_form(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    preset: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    # The one that is chosen until somebody chooses another.
    region = next(iter(regions.list_regions(settings)), None)
    typed = forms.begin(_find_preset(preset).spec if preset else {}, region)
    return _show(request, session, settings, typed)


@router.post("/new")
def create(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    sent: SentForm,
) -> Response:
    typed = forms.read(sent)
    parsed = parsing.parse(session, typed, partial(_, request))
    wrong = dict(parsed.errors)
    wording = parsing.parse_words(typed.values["words"], wrong, partial(_, request))
    prompt_set_id = _read_prompt_set(request, session, typed, wrong)
    if wrong or wording is None or prompt_set_id is None:
        return _show(request, session, settings, typed, wrong)
    new = _make(typed, parsed, wording, prompt_set_id)
    try:
        study = drafting.create(session, new, settings=settings, actor=person)
    except (Invalid, NotFound) as error:
        return _show(request, session, settings, typed, errors.by_field(request, error))
    return pages.go_to(
        request, study, Word("The draft is saved. Nobody sees it before it is open.")
    )


@router.get("/{study_id}/edit")
def show_draft(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
) -> Response:
    study = studies.get(session, study_id)
    if study.state != StudyState.DRAFT:
        raise StudyFrozen(study.name, study.state)
    typed = forms.fill(
        studies.read_design(study),
        studies.read_registration(study),
        {},
        {str(arm.variant_id): _name_role(arm) for arm, _ in studies.list_arms(session, study)},
    )
    return _show(request, session, settings, typed, study=study)


@router.post("/{study_id}/edit")
def change(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    study_id: uuid.UUID,
    sent: SentForm,
) -> Response:
    study = studies.get(session, study_id, lock=True)
    typed = forms.read(sent)
    parsed = parsing.parse(session, typed, partial(_, request))
    if parsed.errors or parsed.design is None:
        return _show(request, session, settings, typed, parsed.errors, study=study)
    try:
        drafting.change_design(session, study, parsed.design, parsed.registration, actor=person)
        drafting.choose_arms(session, study, parsed.arms, actor=person)
    except Conflict as error:
        wrong = errors.by_field(request, error)
        return _show(request, session, settings, typed, wrong, study=study)
    return pages.go_to(request, study, Word("The draft is changed."))


def _find_preset(name: str) -> presets.Preset:
    try:
        return presets.find_preset(name, PRESET_KIND)
    except presets.UnknownPreset as error:
        raise PresetNotFound(name) from error


def _read_prompt_set(
    request: Request, session: Session, typed: Typed, wrong: dict[str, str]
) -> uuid.UUID | None:
    chosen = typed.values["prompt_set"]
    there = {str(each.id): each.id for each in prompts.list_prompt_sets(session, limit=_MOST_SETS)}
    if chosen not in there:
        wrong["prompt_set"] = _(request, "Choose a set of prompts.")
    return there.get(chosen)


def _make(
    typed: Typed, parsed: Parsed, wording: StudyWording, prompt_set_id: uuid.UUID
) -> NewStudy:
    assert parsed.design is not None, "What was wrong with it was said."
    return NewStudy(
        name=typed.values["name"],
        region=typed.values["region"],
        prompt_set_id=prompt_set_id,
        design=parsed.design,
        wording=wording,
        registration=parsed.registration,
        arms=parsed.arms,
    )


def _name_role(arm: StudyArm) -> str:
    return "baseline" if arm.is_baseline else "photos" if arm.is_photo else "arm"


def _show(
    request: Request,
    session: Session,
    settings: Settings,
    typed: Typed,
    wrong: Mapping[str, str] | None = None,
    *,
    study: Study | None = None,
) -> Response:
    """One form for both: of a draft, what it is about and its words are changed elsewhere."""
    language = rendering.choose_language(request).code
    return rendering.page(
        request,
        "studies/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        study=study,
        values=typed.values,
        roles=typed.roles,
        errors=wrong or {},
        regions=[(each.key, name_in(each, language)) for each in regions.list_regions(settings)],
        prompt_sets=[
            (str(each.id), each.name)
            for each in prompts.list_prompt_sets(session, limit=_MOST_SETS)
        ],
        drawn=outputs.list_drawn(session, also=typed.chosen_ids),
        presets=presets.list_presets(PRESET_KIND) if study is None else [],
    )
