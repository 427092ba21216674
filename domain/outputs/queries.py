"""What pages, the API and the terminal show of outputs."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Select, String, and_, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from domain.outputs import service as outputs
from domain.outputs.models import Output
from domain.prompts.models import Prompt, PromptSet
from domain.prompts.queries import PLACES
from domain.variants.models import Variant

_ANYWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Shown:
    """An output with the prompt it is of."""

    output: Output
    prompt: Prompt

    @property
    def id(self) -> uuid.UUID:
        return self.output.id


@dataclass(frozen=True)
class ComparedRow:
    """One prompt and seed, and what each variant made of it under the same parameters."""

    prompt: Prompt
    seed: int
    by_variant: Mapping[uuid.UUID, Output]


def get_shown(session: Session, output_id: uuid.UUID) -> Shown:
    output = outputs.get(session, output_id)
    return Shown(output, session.get_one(Prompt, output.prompt_id))


def list_outputs(
    session: Session,
    *,
    variant_id: uuid.UUID | None = None,
    prompt_set_id: uuid.UUID | None = None,
    job_id: uuid.UUID | None = None,
    where: Mapping[str, str] = _ANYWHERE,
    limit: int = 50,
    before: uuid.UUID | None = None,
) -> list[Shown]:
    """Newest first. `before` continues a list after its last row. `where`: what their prompts are
    of, such as a country or a language; empty values say nothing.
    """
    query = select(Output, Prompt).join(Prompt, Prompt.id == Output.prompt_id)
    if variant_id is not None:
        query = query.where(Output.variant_id == variant_id)
    if prompt_set_id is not None:
        query = query.where(Prompt.prompt_set_id == prompt_set_id)
    if job_id is not None:
        query = query.where(Output.job_id == job_id)
    for name in PLACES:
        if where.get(name):
            query = query.where(getattr(Prompt, name) == where[name])
    if before is not None:
        query = query.where(Output.id < before)
    return _show(session, query.order_by(Output.id.desc()).limit(limit))


def list_samples(session: Session, variant_id: uuid.UUID, *, limit: int = 12) -> list[Shown]:
    """The newest picture of each of a few prompts, from all over: the same ones each time."""
    newest = (
        select(Output.id)
        .where(Output.variant_id == variant_id)
        .ext(distinct_on(Output.prompt_id))
        .order_by(Output.prompt_id, Output.id.desc())
    )
    query = select(Output, Prompt).join(Prompt, Prompt.id == Output.prompt_id)
    query = query.where(Output.id.in_(newest)).order_by(func.md5(cast(Prompt.id, String)))
    return _show(session, query.limit(limit))


def list_others(
    session: Session, output: Output, *, limit: int = 12
) -> list[tuple[Variant, Output]]:
    """What other variants made of the same prompt and seed under the same parameters."""
    query = (
        select(Variant, Output)
        .join(Output, Output.variant_id == Variant.id)
        .where(
            Output.prompt_id == output.prompt_id,
            Output.seed == output.seed,
            Output.parameters_digest == output.parameters_digest,
            Output.id != output.id,
        )
        .order_by(Variant.beta.nulls_first(), Variant.id)
    )
    return [(variant, other) for variant, other in session.execute(query.limit(limit))]


def count_places(
    session: Session, *, variant_id: uuid.UUID | None = None, job_id: uuid.UUID | None = None
) -> dict[str, dict[str, int]]:
    """How many of these outputs are of which scope, country, language and category; most frequent
    first, and no count of what a prompt does not state.
    """
    found: dict[str, dict[str, int]] = {}
    for name in PLACES:
        column = getattr(Prompt, name)
        query = (
            select(column, func.count())
            .join(Output, Output.prompt_id == Prompt.id)
            .where(column != "")
            .group_by(column)
            .order_by(func.count().desc(), column)
        )
        if variant_id is not None:
            query = query.where(Output.variant_id == variant_id)
        if job_id is not None:
            query = query.where(Output.job_id == job_id)
        found[name] = dict(session.execute(query).all())
    return found


def list_compared(
    session: Session,
    variant_ids: Sequence[uuid.UUID],
    *,
    prompt_set_id: uuid.UUID | None = None,
    scope: str = "",
    stratum: str = "",
    start: int = 0,
    limit: int = 20,
) -> list[ComparedRow]:
    """Prompts and seeds of which all these variants made a picture under the same parameters, in
    the order of their sets, from row `start` on.
    """
    query = _select_compared(variant_ids, prompt_set_id, scope, stratum)
    groups = session.execute(query.offset(start).limit(limit)).all()
    found_outputs = session.scalars(
        select(Output).where(
            Output.variant_id.in_(variant_ids),
            tuple_(Output.prompt_id, Output.seed, Output.parameters_digest).in_(
                [(prompt.id, seed, digest) for prompt, seed, digest in groups]
            ),
        )
    ).all()
    found: dict[tuple[uuid.UUID, int, str], dict[uuid.UUID, Output]] = {}
    for output in found_outputs:
        key = (output.prompt_id, output.seed, output.parameters_digest)
        found.setdefault(key, {})[output.variant_id] = output
    return [
        ComparedRow(prompt, seed, found[prompt.id, seed, digest]) for prompt, seed, digest in groups
    ]


def count_compared(
    session: Session,
    variant_ids: Sequence[uuid.UUID],
    *,
    prompt_set_id: uuid.UUID | None = None,
    scope: str = "",
    stratum: str = "",
) -> int:
    """How many rows there are to compare."""
    groups = _select_compared(variant_ids, prompt_set_id, scope, stratum).subquery()
    return session.scalar(select(func.count()).select_from(groups)) or 0


def _select_compared(
    variant_ids: Sequence[uuid.UUID], prompt_set_id: uuid.UUID | None, scope: str, stratum: str
) -> Select[Prompt, int, str]:
    query = (
        select(Prompt, Output.seed, Output.parameters_digest)
        .join(Output, Output.prompt_id == Prompt.id)
        .where(Output.variant_id.in_(variant_ids))
        .group_by(Prompt.id, Output.seed, Output.parameters_digest)
        .having(func.count() == len(set(variant_ids)))
        .order_by(Prompt.prompt_set_id, Prompt.position, Output.seed, Output.parameters_digest)
    )
    if prompt_set_id is not None:
        query = query.where(Prompt.prompt_set_id == prompt_set_id)
    if scope:
        query = query.where(Prompt.scope == scope)
    return query.where(Prompt.stratum == stratum) if stratum else query


def list_prompt_sets(session: Session, variant_ids: Sequence[uuid.UUID]) -> Sequence[PromptSet]:
    """Sets of which any of these variants made a picture, newest first."""
    used = (
        select(Prompt.prompt_set_id)
        .join(Output, Output.prompt_id == Prompt.id)
        .where(Output.variant_id.in_(variant_ids))
    )
    query = select(PromptSet).where(PromptSet.id.in_(used))
    return session.scalars(query.order_by(PromptSet.id.desc())).all()


def count_by_variant(session: Session, variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = (
        select(Output.variant_id, func.count())
        .where(Output.variant_id.in_(variant_ids))
        .group_by(Output.variant_id)
    )
    return dict(session.execute(query).all()) if variant_ids else {}


def list_drawn(session: Session, *, also: Collection[uuid.UUID] = ()) -> list[tuple[Variant, int]]:
    """Variants that have outputs, and how many, the newest first. `also`: these whatever they have,
    and though they may be archived.
    """
    counts = select(Output.variant_id, func.count().label("num")).group_by(Output.variant_id)
    counted = counts.subquery()
    is_offered = and_(Variant.archived_at.is_(None), counted.c.num.is_not(None))
    rows = session.execute(
        select(Variant, func.coalesce(counted.c.num, 0))
        .outerjoin(counted, counted.c.variant_id == Variant.id)
        .where(or_(is_offered, Variant.id.in_(also)))
        .order_by(Variant.id.desc())
    )
    return [(variant, num) for variant, num in rows]


def _show(session: Session, query: Select[Output, Prompt]) -> list[Shown]:
    return [Shown(output, prompt) for output, prompt in session.execute(query)]
