"""Pages of prompt sets. For researchers and admins."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import errors, rendering, shelf
from app.dependencies import Researcher, SessionDep
from app.prompts.sent import SentText, SentTextDep
from domain.errors import Invalid, Word
from domain.prompts import queries
from domain.prompts import service as prompts
from domain.prompts.errors import PromptsWrong
from domain.prompts.models import PromptSet
from domain.shelf import queries as makers
from specs.prompts import Scope

router = APIRouter(prefix="/prompts")

ROWS_PER_PAGE = 50


@router.get("")
def list_prompt_sets(
    request: Request,
    session: SessionDep,
    person: Researcher,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    found = shelf.list_page(session, PromptSet, archived=archived, cursor=cursor)
    return rendering.page(request, "prompts/list.html", found=found)


@router.get("/new")
def show_form(request: Request, person: Researcher) -> Response:
    return _show_form(request, {})


@router.post("/new")
def create(
    request: Request, session: SessionDep, person: Researcher, sent: SentTextDep
) -> Response:
    try:
        made = prompts.create(
            session,
            name=sent.get("name"),
            text=sent.text,
            source=sent.source,
            scope=_read_scope(sent),
            actor=person,
        )
    except Invalid as error:
        return _show_form(request, errors.by_field(request, error), sent, error)
    return shelf.go_to(request, router, made, Word("The prompts are saved."))


def _read_scope(sent: SentText) -> Scope:
    return "regional" if sent.get("scope") == "regional" else "global"


def _show_form(
    request: Request,
    wrong: Mapping[str, str],
    sent: SentText | None = None,
    error: Invalid | None = None,
) -> Response:
    problems = error.problems[1:] if isinstance(error, PromptsWrong) else ()
    return rendering.page(
        request,
        "prompts/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        errors=wrong,
        name=sent.get("name") if sent else "",
        text=sent.pasted if sent else "",
        scope=sent.get("scope") if sent else "global",
        problems=[(each.line, errors.tell(request, each.sentence)) for each in problems],
        num_more=error.num_more if isinstance(error, PromptsWrong) else 0,
    )


@router.get("/{prompt_set_id}")
def show_prompt_set(
    request: Request,
    session: SessionDep,
    person: Researcher,
    prompt_set_id: uuid.UUID,
    after: Annotated[int, Query(ge=-1)] = -1,
) -> Response:
    return _show(request, session, prompts.get(session, prompt_set_id), after=after)


def _show(
    request: Request,
    session: Session,
    prompt_set: PromptSet,
    wrong: Mapping[str, str] | None = None,
    name: str | None = None,
    after: int = -1,
) -> Response:
    rows = queries.list_prompts(session, prompt_set.id, after=after, limit=ROWS_PER_PAGE + 1)
    shown = rows[:ROWS_PER_PAGE]
    return rendering.page(
        request,
        "prompts/prompt_set.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        prompt_set=prompt_set,
        prompts=shown,
        after=after,
        next_after=shown[-1].position if len(rows) > ROWS_PER_PAGE else None,
        counts=queries.count_by(session, prompt_set.id),
        maker=makers.find_maker(session, prompt_set),
        errors=wrong or {},
        name=prompt_set.name if name is None else name,
    )


shelf.add_routes(
    router,
    prompts.get,
    _show,
    shelf.Sayings(
        renamed=Word("The prompt set is renamed."),
        archived=Word("The prompt set is archived. Nothing was deleted."),
        unarchived=Word("The prompt set is in the list again."),
    ),
)
