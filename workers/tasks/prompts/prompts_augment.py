"""prompts.augment: records the longer prompts as a set of their own, each with the words that it
had before: those are what raters read.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.prompts import queries as prompt_queries
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.shelf import service as shelf
from domain.shelf.service import LONGEST_NAME
from specs import prompts as written
from specs.kinds.prompts.prompts_augment import PromptsAugment
from specs.prompts import PromptLine
from workers import publishing
from workers.kinds import Task

_FILE, _RECORD = "prompts.jsonl", "augmented.jsonl"
_ROOM = 12  # for a number behind a name that is taken


def record(
    session: Session, job: Job, result: dict[str, Any], published: Mapping[str, Artifact]
) -> dict[str, Any]:
    """A set with exactly these prompts, made of the same words, serves again, whatever it is
    called.
    """
    lines = [PromptLine(**row) for row in publishing.read_rows(published["output"], _FILE)]
    asked = _read_asked(session, job, published["output"])
    found = prompt_queries.find_augmented(session, written.digest(lines), asked)
    if found is None:
        found = prompts.add(
            session,
            name=_choose_name(session, job),
            lines=lines,
            source=_FILE,
            actor=None,
            maker_id=job.created_by_id,
            asked=asked,
        )
    return {
        **result,
        "prompt_set_id": str(found.id),
        "name": found.name,
        "rows": {_FILE: str(found.id)},
    }


def _read_asked(session: Session, job: Job, output: Artifact) -> dict[str, str]:
    """By key. What was augmented may have been so before: then its first words are meant."""
    first = prompt_queries.map_words(session, _get_read(session, job).id)
    rows = publishing.read_rows(output, _RECORD)
    return {row["key"]: first.get(row["key"], row["prompt"]) for row in rows}


def _get_read(session: Session, job: Job) -> PromptSet:
    before = job_inputs.list_rows(session, job.id)["prompts"]
    assert isinstance(before, PromptSet), "What this kind reads as 'prompts' is one."
    return before


def _choose_name(session: Session, job: Job) -> str:
    """After the set that it is from, and the knowledge."""
    before = _get_read(session, job)
    source = job_inputs.list_rows(session, job.id)["passages"]
    assert isinstance(source, Job), "What this kind reads as 'passages' is the job that made them."
    known = (source.result or {}).get("knowledge", {}).get("name") or "knowledge"
    wanted = f"{before.name} + {known}"[: LONGEST_NAME - _ROOM]
    (free,) = shelf.list_free_names(session, PromptSet, [wanted])
    return free


TASK = Task(
    spec=PromptsAugment,
    compute="ml.retrieval.augmenting:augment",
    record=record,
    output="prompts",
)
