"""A study as raters see it: their own templates, their own words, and nothing is saved.

What a page may know of an item comes from domain.ratings.previewing, as blind as a rater's.
"""

import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep
from app.rate.forms import FieldsDep, read_submission
from app.rate.here import Here
from app.rate.pages import say_where, split_paragraphs
from domain.errors import Invalid
from domain.ratings import previewing, views
from domain.ratings.models import CannotJudge, Rater
from domain.ratings.task import Task
from domain.studies import service as studies
from pixels import bare

router = APIRouter(prefix="/{study_id}/preview")

_PICTURE_HEADERS = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
Number = Annotated[int, Query(ge=0, le=10_000_000)]


@dataclass(frozen=True, kw_only=True)
class Looking(Here):
    """Somebody who looks on, in the place of a rater whom there is no row of."""

    @property
    def address(self) -> str:
        return f"/studies/{self.study.id}/preview"

    def show(self, name: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
        response = rendering.page(
            self.request, f"studies/preview/{name}.html", status, here=self, **values
        )
        response.headers["Cache-Control"] = "no-store"
        return response


def look_on(
    request: Request, session: SessionDep, person: Researcher, study_id: uuid.UUID
) -> Looking:
    study = studies.get(session, study_id)
    language = rendering.choose_language(request).code
    spoken, words, wording = views.speak(session, study, language)
    return Looking(
        request=request,
        session=session,
        rater=Rater(study_id=study.id, number=0, profile={}),
        study=study,
        language=language,
        spoken=spoken,
        words=words,
        completion_code=wording.completion_code,
    )


LookingDep = Annotated[Looking, Depends(look_on, scope="function")]


@router.get("")
def show_item(here: LookingDep, item: Number = 0) -> Response:
    """By its number; numbers say nothing else."""
    num_items = previewing.count_items(here.session, here.study)
    if not num_items:
        return here.show("empty")
    task = previewing.show(here.session, here.study, item, here.language)
    return here.show("work", **_collect(here, task, item, num_items))


@router.post("")
def answer_item(here: LookingDep, fields: FieldsDep, item: Number = 0) -> Response:
    """What a rater would be told of such an answer; then the next item. Nothing is kept."""
    num_items = previewing.count_items(here.session, here.study)
    task = previewing.show(here.session, here.study, item, here.language)
    design = studies.read_design(here.study)
    sent = read_submission(fields, design, task.token, here.language)
    try:
        previewing.check(here.study, task, sent)
    except Invalid as error:
        values = _collect(here, task, item, num_items)
        values |= {"errors": errors.by_field(here.request, error), "sent": sent}
        return here.show("work", HTTPStatus.UNPROCESSABLE_ENTITY, **values)
    return here.go(f"?item={(item + 1) % num_items}")


@router.get("/guide")
def show_guide(here: LookingDep) -> Response:
    return here.show(
        "guide",
        criteria=previewing.ask(here.study, here.words),
        paragraphs=split_paragraphs(here.words.guide),
        has_practice=False,
    )


@router.get("/work")
@router.get("/mine")
def go_to_items(here: LookingDep) -> RedirectResponse:
    """Where links of a rater's pages lead that have no meaning here."""
    return RedirectResponse(here.address, HTTPStatus.SEE_OTHER)


@router.get("/pictures/{item}/question")
def show_question_picture(
    here: LookingDep, item: Annotated[int, Path(ge=0, le=10_000_000)]
) -> Response:
    data = previewing.read_question(here.session, here.study, item)
    return Response(data, media_type=bare.MEDIA_TYPE, headers=_PICTURE_HEADERS)


@router.get("/pictures/{item}/{position}")
def show_picture(
    here: LookingDep,
    item: Annotated[int, Path(ge=0, le=10_000_000)],
    position: Annotated[int, Path(ge=0, le=100)],
) -> Response:
    data = previewing.read_picture(here.session, here.study, item, position)
    return Response(data, media_type=bare.MEDIA_TYPE, headers=_PICTURE_HEADERS)


def _collect(here: Looking, task: Task, item: int, num_items: int) -> dict[str, Any]:
    """As of a rater's practice: what there is to be said of a lease or of progress is not shown."""
    return {
        "task": task,
        "is_practice": True,
        "action": f"{here.address}?item={item}",
        "pictures": f"{here.address}/pictures/{item}",
        "page_key": uuid.uuid4(),
        "done": item,
        "total": num_items,
        "reasons": list(CannotJudge),
        "sent": None,
        "errors": {},
        "question": "",
        "where": say_where(here, task),
        "item": item,
        "num_items": num_items,
    }
