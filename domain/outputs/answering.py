"""Records what models answered: a row per variant, question and seed, with what was said, the
picture that was asked about, and the passages that stood in the prompt.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.db import new_id
from domain.jobs.models import Job
from domain.outputs import errors
from domain.outputs import service as outputs
from domain.prompts import queries as prompts
from domain.prompts.models import PromptSet
from domain.variants.models import Variant

# What makes answers comparable; `wording` is the digest of how questions are put. Passages are no
# part of it: a model that was given some is a variant of its own, and stands beside the one that
# was not.
PARAMETERS = ("temperature", "top_p", "max_new_tokens", "system", "wording")
# Kept in columns, or with the prompt.
_COLUMNS = frozenset(
    {
        *("variant", "prompt_key", "prompt", "seed", "text", "question_file"),
        *("scope", "stratum", "region", "country", "language", "category"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    num_outputs: int  # that the database has
    num_new: int
    num_empty: int  # answers without a word: scored, but nothing that anybody could rate


def record(
    session: Session,
    job: Job,
    rows: Iterable[Mapping[str, Any]],
    *,
    prompt_set: PromptSet,
    variants: Mapping[str, Variant],
    artifact: Artifact,
) -> Recorded:
    """The rows of outputs.jsonl. What is there already stays as it is."""
    by_key = prompts.map_by_key(session, prompt_set.id)
    made, num_empty = [], 0
    for row in rows:
        if row["prompt_key"] not in by_key:
            raise errors.PromptUnknown(row["prompt_key"])
        if not row["text"].strip():
            num_empty += 1
            continue
        values = _describe(row) | {
            "id": new_id(),
            "job_id": job.id,
            "variant_id": variants[row["variant"]].id,
            "prompt_id": by_key[row["prompt_key"]],
            "artifact_id": artifact.id,
            "created_at": job.started_at or job.created_at,
        }
        made.append(values)
    num_new = outputs.insert_new(session, made)
    return Recorded(num_outputs=len(made), num_new=num_new, num_empty=num_empty)


def digest_parameters(row: Mapping[str, Any]) -> str:
    given = row.get("parameters") or {}
    values = {name: given.get(name) for name in PARAMETERS}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _describe(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seed": row["seed"],
        "parameters_digest": digest_parameters(row),
        **dict.fromkeys(("file", "sha256", "width", "height")),
        "text": _clean(row["text"]),
        "question_file": row.get("question_file") or None,
        "facts": _clean({name: value for name, value in row.items() if name not in _COLUMNS}),
    }


def _clean(value: Any) -> Any:
    """Without the one character that a model can write and the database cannot hold."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
