"""Records outputs that were made elsewhere: the prompts they are of, their models, and a row each.

Nothing is known of how they were made. So all of them have the digest of no parameters, and what
different models made of one prompt and seed may be compared.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts.models import Artifact
from domain.db import new_id
from domain.jobs.models import Job
from domain.outputs import errors
from domain.outputs import service as outputs
from domain.prompts import queries as prompts
from domain.prompts import service as prompt_sets
from domain.prompts.models import PromptSet
from domain.users.models import User
from domain.users.person import Person
from domain.variants import service as variants
from domain.variants.models import Variant
from specs import prompts as written
from specs.prompts import PromptLine

_COLUMNS = ("file", "sha256", "width", "height", "text", "question_file")
_TOLD = frozenset({*_COLUMNS, "variant", "prompt_key", "prompt", "seed", "scope"})
_NO_PARAMETERS = outputs.digest_parameters({})


@dataclass(frozen=True, kw_only=True)
class Given:
    """What an import read."""

    name: str  # of the prompt set, should it be a new one
    source: str
    prompts: Sequence[PromptLine]
    arms: Sequence[str]
    rows: Iterable[Mapping[str, Any]]  # of outputs.jsonl


@dataclass(frozen=True, kw_only=True)
class Imported:
    prompt_set: PromptSet
    variants: Mapping[str, Variant]  # by the name of the arm
    num_new: int


def record(session: Session, job: Job, given: Given, artifact: Artifact) -> Imported:
    """What is there already stays as it is. Two imports that end at once do so one after the other:
    both may name the same new model.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("outputs.import", 0))))
    prompt_set = _find_or_add_prompts(session, job, given)
    by_arm = {arm: _find_or_make(session, arm, job) for arm in given.arms}
    num_new = insert_rows(session, given.rows, prompt_set, by_arm, artifact, job=job)
    return Imported(prompt_set=prompt_set, variants=by_arm, num_new=num_new)


def insert_rows(
    session: Session,
    rows: Iterable[Mapping[str, Any]],
    prompt_set: PromptSet,
    by_arm: Mapping[str, Variant],
    artifact: Artifact,
    *,
    job: Job | None,
) -> int:
    """Rows of outputs.jsonl. Returns how many are new; no job brought what is shipped."""
    by_key = prompts.map_by_key(session, prompt_set.id)
    made = (_make_row(row, job, by_key, by_arm, artifact) for row in rows)
    return outputs.insert_new(session, made)


def _find_or_add_prompts(session: Session, job: Job, given: Given) -> PromptSet:
    found = prompts.find_by_digest(session, written.digest(given.prompts), name=given.name)
    if found is not None:
        return found
    maker = session.get_one(User, job.created_by_id) if job.created_by_id else None
    return prompt_sets.add(
        session,
        name=given.name,
        lines=given.prompts,
        source=given.source,
        actor=Person.of(maker) if maker else None,
    )


def _find_or_make(session: Session, arm: str, job: Job) -> Variant:
    """A model of this name, wherever it was made; else a new one, made elsewhere."""
    found = variants.find_by_name(session, arm)
    if found is None:
        return variants.record_external(session, arm, job=job)
    if found.archived_at is not None:
        raise errors.ArmArchived(arm)
    return found


def _make_row(
    row: Mapping[str, Any],
    job: Job | None,
    prompts_by_key: Mapping[str, uuid.UUID],
    by_arm: Mapping[str, Variant],
    artifact: Artifact,
) -> dict[str, Any]:
    key = row["prompt_key"]
    if key not in prompts_by_key:
        raise errors.PromptUnknown(key)
    return {
        "id": new_id(),
        "job_id": job.id if job else None,
        "variant_id": by_arm[row["variant"]].id,
        "prompt_id": prompts_by_key[key],
        "seed": row["seed"],
        "parameters_digest": _NO_PARAMETERS,
        "artifact_id": artifact.id,
        **{name: row.get(name) for name in _COLUMNS},
        "facts": {name: value for name, value in row.items() if name not in _TOLD},
        "created_at": (job.started_at or job.created_at) if job else clock.now(),
    }
