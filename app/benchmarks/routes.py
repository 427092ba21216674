"""Pages of benchmarks. For researchers and admins."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import errors, rendering, shelf
from app.benchmarks import pages, quizzes
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.prompts.sent import SentText, SentTextDep
from domain.benchmarks import service as benchmarks
from domain.benchmarks.models import Benchmark
from domain.benchmarks.service import NewBenchmark
from domain.errors import Invalid, Word
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.shelf import queries as names
from specs.prompts import Scope

router = APIRouter(prefix="/benchmarks")


@router.get("")
def list_benchmarks(
    request: Request,
    session: SessionDep,
    person: Researcher,
    archived: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
    cursor: uuid.UUID | None = None,
) -> Response:
    found = shelf.list_page(session, Benchmark, archived=archived, cursor=cursor)
    return rendering.page(request, "benchmarks/list.html", found=found)


@router.get("/new")
def show_form(request: Request, session: SessionDep, person: Researcher) -> Response:
    return _show_form(request, session, {})


@router.post("/new")
def create(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    sent: SentTextDep,
) -> Response:
    try:
        new = NewBenchmark(
            name=sent.get("name"),
            text=sent.text,
            default_mode=pages.read_mode(sent.get("mode")),
            scope=_read_scope(sent),
            prompt_set=_find_prompts(session, sent),
            source=sent.source,
        )
        made = benchmarks.create(session, new, settings, actor=person)
    except Invalid as error:
        return _show_form(request, session, errors.by_field(request, error), sent)
    return shelf.go_to(request, router, made, Word("The benchmark is saved."))


def _read_scope(sent: SentText) -> Scope:
    return "regional" if sent.get("scope") == "regional" else "global"


def _find_prompts(session: Session, sent: SentText) -> PromptSet | None:
    name = sent.get("prompts")
    return prompts.find_by_name(session, name) if name else None


def _show_form(
    request: Request,
    session: Session,
    wrong: Mapping[str, str],
    sent: SentText | None = None,
) -> Response:
    fields = ("name", "mode", "scope", "prompts")
    return rendering.page(
        request,
        "benchmarks/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        errors=wrong,
        values={name: sent.get(name) if sent else "" for name in fields},
        modes=pages.list_modes(),
        prompt_sets=names.list_names(session, PromptSet),
    )


@router.get("/{benchmark_id}")
def show_benchmark(
    request: Request, session: SessionDep, person: Researcher, benchmark_id: uuid.UUID
) -> Response:
    return _show(request, session, benchmarks.get(session, benchmark_id))


@router.get("/{benchmark_id}/questions")
def download_questions(
    session: SessionDep, person: Researcher, benchmark_id: uuid.UUID
) -> Response:
    file = benchmarks.read_questions(session, benchmarks.get(session, benchmark_id))
    disposition = f'attachment; filename="questions-{benchmark_id}{file.suffix}"'
    return Response(
        file.data, media_type=file.media_type, headers={"Content-Disposition": disposition}
    )


def _show(
    request: Request,
    session: Session,
    benchmark: Benchmark,
    wrong: Mapping[str, str] | None = None,
    name: str | None = None,
) -> Response:
    return rendering.page(
        request,
        "benchmarks/benchmark.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        view=pages.make_view(session, benchmark),
        errors=wrong or {},
        name=benchmark.name if name is None else name,
    )


router.include_router(quizzes.router)
shelf.add_routes(
    router,
    benchmarks.get,
    _show,
    shelf.Sayings(
        renamed=Word("The benchmark is renamed."),
        archived=Word("The benchmark is archived. Nothing was deleted."),
        unarchived=Word("The benchmark is in the list again."),
    ),
)
