"""The words of a study: what raters read. Changing them after opening makes a new version."""

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
from app.dependencies import Researcher, SessionDep
from app.jobs.launch import read_form
from app.studies import forms, pages, parsing
from domain.errors import Conflict, Invalid, Word
from domain.studies import queries, versions
from domain.studies import service as studies
from domain.studies.models import Study
from specs.study.wording import StudyWording

_ = rendering.translate
router = APIRouter()

SentForm = Annotated[FormData, Depends(read_form)]


@router.get("/{study_id}/words")
def show_words(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> Response:
    """To change; those of an earlier version to read."""
    study = studies.get(session, study_id)
    newest = versions.get_version(session, study)
    shown = newest if version is None else queries.get_version(session, study, version)
    text = write(versions.read_wording(shown))
    return _show(request, session, study, text, number=shown.number)


@router.post("/{study_id}/words")
def save_words(
    request: Request,
    session: SessionDep,
    person: Researcher,
    study_id: uuid.UUID,
    sent: SentForm,
) -> Response:
    study = studies.get(session, study_id, lock=True)
    text = forms.read(sent).values["words"]
    wrong: dict[str, str] = {}
    wording = parsing.parse_words(text, wrong, partial(_, request))
    if wording is None:
        return _show(request, session, study, text, wrong)
    try:
        versions.save_wording(session, study, wording, actor=person)
    except (Invalid, Conflict) as error:
        return _show(request, session, study, text, errors.by_field(request, error))
    return pages.go_to(request, study, Word("The words are saved."))


def write(wording: StudyWording) -> str:
    return forms.write_yaml(wording.model_dump(mode="json", exclude_defaults=True))


def _show(
    request: Request,
    session: Session,
    study: Study,
    text: str,
    wrong: Mapping[str, str] | None = None,
    *,
    number: int | None = None,
) -> Response:
    """`number`: of the version that is shown; what was typed has none."""
    versions = queries.list_versions(session, study)
    newest = versions[0].version.number
    return rendering.page(
        request,
        "studies/words.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        study=study,
        versions=versions,
        text=text,
        errors=wrong or {},
        number=newest if number is None else number,
        newest=newest,
    )
