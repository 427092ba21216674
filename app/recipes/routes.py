"""A recipe as YAML: written or pasted, looked at as a plan, launched as one job per step."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.launches import service as launches
from specs import recipe_files
from specs.recipe import PlannedStep, Recipe, RecipeImpossible, plan
from specs.recipe_files import RecipeUnreadable

router = APIRouter(prefix="/recipes")
_ = rendering.translate

MOST_CHARACTERS = 100_000
Text = Annotated[str, Form(max_length=MOST_CHARACTERS)]


class RecipeNotFound(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__("There is no recipe '%(name)s'.", name=name)


@router.get("/new")
def show_form(request: Request, person: Researcher, name: str = "") -> Response:
    return _show(request, _read_own(name) if name else "")


@router.post("/new")
def launch(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    text: Text = "",
    only_check: Annotated[bool, Form()] = False,  # noqa: FBT002 - a button's value
) -> Response:
    try:
        recipe, steps = read(text)
    except Invalid as error:
        return _show(request, text, error)
    if only_check:
        return _show(request, text, steps=steps)
    try:
        jobs = launches.launch_recipe(session, recipe, settings, actor=person)
    except (Invalid, Conflict, NotFound) as error:
        return _show(request, text, error, steps)
    answer = RedirectResponse(f"/jobs/{jobs[-1].id}", HTTPStatus.SEE_OTHER)
    said = _(request, "%(num)s jobs are queued; this is the last of them.", num=len(jobs))
    rendering.add_toast(request, answer, said)
    return answer


def read(text: str) -> tuple[Recipe, list[PlannedStep]]:
    """The recipe and its plan. Raises Invalid, with the sentence of what is wrong."""
    try:
        recipe = recipe_files.parse(text)
        return recipe, plan(recipe)
    except (RecipeUnreadable, RecipeImpossible) as error:
        raise Invalid(str(error), field="text") from error


def _read_own(name: str) -> str:
    file = recipe_files.find(name)
    if file is None:
        raise RecipeNotFound(name)
    return file.read_text("utf-8")


def _show(
    request: Request,
    text: str,
    error: DomainError | None = None,
    steps: Sequence[PlannedStep] = (),
) -> Response:
    wrong = {} if error is None else {"text": errors.tell(request, error)}
    return rendering.page(
        request,
        "recipes/new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        text=text,
        steps=steps,
        errors=wrong,
        names=recipe_files.list_names(),
        most_characters=MOST_CHARACTERS,
    )
