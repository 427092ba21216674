"""Everything that a job reads: from the names in its specification to rows, and from rows to what
lies where.

A reference is the name of a row: a data set, a variant, a prompt set, a benchmark, a quiz, a
knowledge base. Outputs, answers, scores, passages and vectors have no names: the job that made them
is named by its id. What a job before this one supplies is found by what that job made.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.jobs.models import Job, JobState
from domain.knowledge.models import KnowledgeBase, KnowledgeIndex
from domain.launches import describing, errors, finding
from domain.launches.describing import Found, Row
from domain.prompts.models import PromptSet
from domain.variants import service as variants
from domain.variants.models import Variant
from specs.inputs import Input, find_lacking, list_places
from specs.job import JobSpec
from specs.kinds.knowledge.knowledge_import import KnowledgeImport

# What a job's result names by its row.
_MADE: Mapping[str, type[Any]] = {
    "dataset": Dataset,
    "model": Variant,
    "prompts": PromptSet,
    "quiz": Benchmark,
}
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def resolve(
    session: Session,
    spec: JobSpec,
    parents: Mapping[str, Job],
    *,
    known: Mapping[str, Row] = _NOTHING,
) -> dict[str, Found]:
    """Everything the specification reads that can be known now: not what a job before it has yet
    to make. Rows that are `known` are the ones, whatever they are called. Raises the sentence that
    says what cannot be read, and the field that names it.
    """
    found: dict[str, Found] = {}
    places = list_places(spec.inputs, spec, {*parents, *known})
    for place in places:
        name, wanted = place.name, replace(place.input, name=place.name)
        one: Found | None = None
        if name in parents:
            one = _find_from_parent(session, wanted, parents[name], place.reference)
        elif name in known:
            one = describing.describe_row(session, wanted, known[name])
        elif place.reference:
            one = finding.find(session, wanted, place.reference)
        elif wanted.required:
            raise errors.InputMissing(name)
        if one is not None:
            found[name] = one
    lacking = find_lacking(spec.inputs, places)
    if lacking is not None:
        raise errors.InputMissing(lacking)
    _check_together(found)
    return found


def _check_together(found: Mapping[str, Found]) -> None:
    base, tuned = (found[name].row if name in found else None for name in ("base", "tuned"))
    if isinstance(base, Variant) and isinstance(tuned, Variant):
        variants.check_merge(base, tuned)


def _find_from_parent(session: Session, wanted: Input, parent: Job, reference: str) -> Found | None:
    """What the job before makes; nothing yet when it has not ended."""
    path = describing.find_path(wanted, parent, reference)
    if reference and path != reference:
        raise errors.InputTwice(wanted.name, reference)
    if parent.state != JobState.SUCCEEDED:
        return None
    row = _find_made(session, wanted, parent, path)
    if row is None:
        return describing.describe_job(session, wanted, parent, reference)
    return describing.describe_row(session, wanted, row)


def _find_made(session: Session, wanted: Input, parent: Job, path: str) -> Row | None:
    """The row that a job's result names: see workers/tasks, which write it there."""
    tables: Mapping[str, type[Any]] = {
        **_MADE,
        "knowledge": KnowledgeBase if parent.kind == KnowledgeImport.kind else KnowledgeIndex,
    }
    table = tables.get(wanted.what)
    if table is None:
        return None
    result = parent.result or {}
    made = result.get("rows", {}).get(path)
    row = session.get(table, uuid.UUID(made)) if made else None
    if row is None:
        raise errors.RowGone(wanted.name)
    return row  # type: ignore[no-any-return]  # a row of one of the tables above
