"""Launching a job: the kinds as cards, and a form made from the specification of one."""

import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.jobs import choices, forms, rows
from domain.errors import Conflict, Invalid, NotFound
from domain.jobs import service
from domain.jobs.models import Job
from domain.jobs.service import Enqueued
from domain.launches import service as launches
from domain.settings import Settings
from domain.users.person import Person
from specs import fields, presets, recipe_files, registry
from specs.job import JobSpec

# Kinds with a page of their own, which knows more than the form here.
ELSEWHERE = {
    "dataset.import": "/datasets/import",
    "knowledge.import": "/knowledge/import",
    "outputs.import": "/outputs/import",
    "quiz.import": "/benchmarks/import",
}

_ = rendering.translate
router = APIRouter(prefix="/new")


class KindNotFound(NotFound):
    def __init__(self, kind: str) -> None:
        super().__init__("There is no job kind '%(kind)s'.", kind=kind)


class PresetNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__("There is no preset '%(name)s' of this kind.", name=name)


def find_preset(name: str, kind: str) -> presets.Preset:
    try:
        return presets.find_preset(name, kind)
    except presets.UnknownPreset as error:
        raise PresetNotFound(name) from error


def find_spec(kind: str) -> type[JobSpec]:
    try:
        return registry.find_spec(kind)
    except registry.UnknownKind as error:
        raise KindNotFound(kind) from error


async def read_form(request: Request) -> FormData:
    return await request.form()


@router.get("")
def list_kinds(request: Request, person: Researcher) -> Response:
    return rendering.page(
        request,
        "jobs/kinds.html",
        groups=_group(request),
        presets=presets.list_presets(),
        recipes=recipe_files.list_names(),
        elsewhere=ELSEWHERE,
    )


def _group(request: Request) -> list[tuple[str, list[type[JobSpec]]]]:
    """By what they are about, in the order of the work; what came from outside is at the end."""
    groups = {
        _(request, "Data"): ("dataset.import", "dataset.filter"),
        _(request, "Knowledge"): (
            "knowledge.import",
            "knowledge.index",
            "questions.embed",
            "knowledge.retrieve",
            "prompts.augment",
        ),
        _(request, "Models"): ("model.import", "model.finetune", "model.instruct", "model.merge"),
        _(request, "Pictures and scores"): ("images.generate", "outputs.import", "benchmark.run"),
        _(request, "Questions and answers"): (
            *("quiz.import", "answers.generate", "answers.score", "answers.compare"),
            "answers.ablate",
        ),
        _(request, "Embeddings"): (
            *("model.align", "model.distill", "embeddings.score", "distillation.check"),
            *("distillation.prepare", "distillation.measure", "distillation.run"),
        ),
        _(request, "Studies"): ("study.open", "study.analyse"),
        _(request, "Trying things out"): (
            *("system.check", "sandbox.draw", "sandbox.ask", "sandbox.caption"),
        ),
    }
    specs = {spec.kind: spec for spec in registry.list_specs()}
    found = [
        (title, [specs.pop(kind) for kind in kinds if kind in specs])
        for title, kinds in groups.items()
    ]
    others = [(_(request, "Others"), list(specs.values()))]
    return [(title, members) for title, members in found + others if members]


@router.get("/{kind}")
def show_form(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    kind: str,
    clone_of: Annotated[uuid.UUID | None, Query()] = None,
    preset: Annotated[str, Query(max_length=60)] = "",
    fresh: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Response:
    spec_type = find_spec(kind)
    if clone_of is None and kind in ELSEWHERE:
        return RedirectResponse(ELSEWHERE[kind], HTTPStatus.SEE_OTHER)
    original = service.get(session, clone_of) if clone_of else None
    values: dict[str, Any] = {forms.PRIORITY: 100, forms.FRESH: fresh or original is not None}
    # What it reads may stand in the address: a link beside a row says which row is meant.
    named = {each.name for each in spec_type.inputs}
    values |= {name: value for name, value in request.query_params.items() if name in named}
    if preset:
        values |= find_preset(preset, kind).spec
    if original is not None:
        values |= original.spec | {forms.PRIORITY: original.priority}
    return _show(request, session, settings, spec_type, values, original=original)


@router.post("/{kind}")
def launch(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    kind: str,
    sent: Annotated[FormData, Depends(read_form)],
) -> Response:
    spec_type = find_spec(kind)
    original = _find_original(session, sent)
    filled = forms.read(spec_type, sent, partial(_, request))
    priority, wrong_priority = _read_priority(request, sent)
    fresh = sent.get(forms.FRESH) is not None
    values = dict(filled.values) | {forms.PRIORITY: priority, forms.FRESH: fresh}
    wrong = dict(filled.errors) | wrong_priority
    if filled.spec is None or wrong:
        return _show(request, session, settings, spec_type, values, wrong, original=original)
    try:
        made = _enqueue(
            session, settings, person, filled.spec, original, priority=priority, fresh=fresh
        )
    except (Invalid, Conflict) as error:
        wrong = errors.by_field(request, error)
        return _show(request, session, settings, spec_type, values, wrong, original=original)
    return _go(request, f"/jobs/{made.job.id}" + ("?reused=true" if made.reused else ""))


def _find_original(session: Session, sent: FormData) -> Job | None:
    given = sent.get(forms.CLONE_OF)
    if not given:
        return None
    try:
        return service.get(session, uuid.UUID(str(given)))
    except ValueError as error:
        raise Invalid(
            "'%(given)s' is not the id of a job.", field=forms.CLONE_OF, given=given
        ) from error


def _enqueue(
    session: Session,
    settings: Settings,
    person: Person,
    spec: JobSpec,
    original: Job | None,
    *,
    priority: int,
    fresh: bool,
) -> Enqueued:
    """A clone keeps the parents and inputs of its original."""
    if original is None:
        return launches.launch(
            session, spec, settings, actor=person, priority=priority, fresh=fresh
        )
    made = launches.clone(session, original.id, settings, actor=person, changes=spec.to_json())
    made.priority = priority
    return Enqueued(made, reused=False)


def _read_priority(request: Request, sent: FormData) -> tuple[int, dict[str, str]]:
    text = str(sent.get(forms.PRIORITY) or "100").strip()
    if text.isascii() and text.isdecimal() and int(text) <= rows.MAX_PRIORITY:
        return int(text), {}
    return 100, {forms.PRIORITY: _(request, "Enter a whole number from 0 to 1000.")}


def _go(request: Request, address: str) -> Response:
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    session: Session,
    settings: Settings,
    spec_type: type[JobSpec],
    values: Mapping[str, Any],
    wrong: Mapping[str, str] | None = None,
    *,
    original: Job | None,
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    context: dict[str, Any] = {
        "spec_type": spec_type,
        "fields": fields.describe(spec_type),
        "values": forms.prepare(spec_type, values),
        "references": choices.list_choices(request, session, settings, spec_type),
        "presets": presets.list_presets(spec_type.kind),
        "errors": wrong or {},
        "original": original,
        "priorities": rows.PRIORITIES,
    }
    if "hx-request" in request.headers:
        return rendering.fragment(request, "jobs/launch.html", "launch", status, **context)
    return rendering.page(request, "jobs/launch.html", status, **context)
