"""One form that launches a whole grid: all of its jobs are queued, or none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import errors, rendering
from app.jobs import choices, forms
from domain.errors import Conflict, Invalid, NotFound
from domain.launches import service as launches
from domain.settings import Settings
from domain.users.person import Person
from specs import fields
from specs.grids.grid import Grid

_ = rendering.translate


@dataclass(frozen=True, kw_only=True)
class GridForm:
    request: Request
    session: Session
    settings: Settings
    grid: type[Grid]
    template: str
    more: Mapping[str, Any] = field(default_factory=dict)  # that the template shows

    def show(
        self, values: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None
    ) -> Response:
        return rendering.page(
            self.request,
            self.template,
            HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            spec_type=self.grid,
            fields=fields.describe(self.grid),
            values=values or {},
            references=choices.list_choices(self.request, self.session, self.settings, self.grid),
            errors=wrong or {},
            **self.more,
        )

    def launch(self, sent: FormData, person: Person) -> Response:
        """The page of the last job, which joins what the others found; or the form again."""
        filled = forms.read(self.grid, sent, partial(_, self.request))
        if filled.spec is None:
            return self.show(filled.values, filled.errors)
        recipe = filled.spec.to_recipe()
        try:
            made = launches.launch_recipe(self.session, recipe, self.settings, actor=person)
        except (Invalid, Conflict, NotFound) as error:
            # Above the form: a step's fields are not the grid's, though some have the same names.
            return self.show(filled.values, {"": errors.tell(self.request, error)})
        answer = RedirectResponse(f"/jobs/{made[-1].id}", HTTPStatus.SEE_OTHER)
        said = _(self.request, "%(num)s jobs are queued; this is the last of them.", num=len(made))
        rendering.add_toast(self.request, answer, said)
        return answer
