"""Pages of what models made: a list, and one output with all that is known of how it came about.

Passages that a model was given stand here and nowhere that a rater looks.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep
from app.prompts.places import PlacesDep
from domain.benchmarks import quizzes
from domain.benchmarks.models import QuizQuestion
from domain.outputs import queries
from domain.outputs.models import Output
from domain.outputs.queries import Shown
from domain.prompts.models import Prompt
from domain.variants import queries as variants
from domain.variants import service as variant_rows
from domain.variants.models import Variant

router = APIRouter(prefix="/outputs")

OUTPUTS_PER_PAGE = 24
# Told in another way than as a name with a value.
_TOLD = frozenset({"passages", "cut", "option_scores", "parameters"})


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of outputs, and the filter that made it."""

    rows: Sequence[Shown]
    variants: Mapping[uuid.UUID, Variant]
    of_variant: Variant | None
    where: Mapping[str, str]
    choices: Mapping[str, Mapping[str, int]]
    query: Mapping[str, str]  # of the address
    cursor: uuid.UUID | None
    next_cursor: uuid.UUID | None


@dataclass(frozen=True, kw_only=True)
class View:
    """One output, its prompt, and how it came about."""

    output: Output
    prompt: Prompt
    variant: Variant
    base: Variant | None
    question: QuizQuestion | None
    others: Sequence[tuple[Variant, Output]]

    @property
    def passages(self) -> Sequence[Mapping[str, Any]]:
        return self.output.facts.get("passages") or ()

    @property
    def cut_yaml(self) -> str:
        return _write_yaml(self.output.facts.get("cut"))

    @property
    def options(self) -> Sequence[tuple[str, float]]:
        """Each option of the question with how likely the model found it, the likeliest first."""
        scores = self.output.facts.get("option_scores") or ()
        named = self.question.options if self.question else ()
        pairs = zip(named, scores, strict=False)
        return sorted(pairs, key=lambda pair: pair[1], reverse=True)

    @property
    def facts(self) -> Sequence[tuple[str, Any]]:
        told = {name: each for name, each in self.output.facts.items() if name not in _TOLD}
        values = told | (self.output.facts.get("parameters") or {})
        return [
            (name.replace("_", " "), value)
            for name, value in values.items()
            if value not in (None, "") and not isinstance(value, dict | list)
        ]


@router.get("")
def list_outputs(
    request: Request,
    session: SessionDep,
    person: Researcher,
    where: PlacesDep,
    variant: uuid.UUID | None = None,
    job: uuid.UUID | None = None,
    cursor: uuid.UUID | None = None,
) -> Response:
    found = _find(session, variant, job, where, cursor)
    return rendering.page(request, "outputs/list.html", found=found)


@router.get("/{output_id}")
def show_output(
    request: Request, session: SessionDep, person: Researcher, output_id: uuid.UUID
) -> Response:
    shown = queries.get_shown(session, output_id)
    variant = variant_rows.get(session, shown.output.variant_id)
    view = View(
        output=shown.output,
        prompt=shown.prompt,
        variant=variant,
        base=variant_rows.get(session, variant.base_id) if variant.base_id else None,
        question=quizzes.map_questions(session, [shown.prompt.id]).get(shown.prompt.id),
        others=queries.list_others(session, shown.output),
    )
    return rendering.page(request, "outputs/output.html", view=view)


def _find(
    session: Session,
    variant_id: uuid.UUID | None,
    job_id: uuid.UUID | None,
    where: Mapping[str, str],
    cursor: uuid.UUID | None,
) -> Listed:
    rows = queries.list_outputs(
        session, variant_id=variant_id, job_id=job_id, where=where,
        limit=OUTPUTS_PER_PAGE + 1, before=cursor,
    )  # fmt: skip
    shown = rows[:OUTPUTS_PER_PAGE]
    named = variants.list_by_id(session, [each.output.variant_id for each in shown])
    counts = queries.count_places(session, variant_id=variant_id, job_id=job_id)
    given = {"variant": variant_id, "job": job_id, **where}
    return Listed(
        rows=shown,
        variants=named,
        of_variant=variant_rows.get(session, variant_id) if variant_id else None,
        where=where,
        choices={name: found for name, found in counts.items() if len(found) > 1 or where[name]},
        query={name: str(value) for name, value in given.items() if value},
        cursor=cursor,
        next_cursor=shown[-1].id if len(rows) > OUTPUTS_PER_PAGE else None,
    )


def _write_yaml(value: Any) -> str:
    if not value:
        return ""
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100))
