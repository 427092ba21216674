"""Records what a generation made, and opens pictures."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.db import new_id
from domain.jobs.models import Job
from domain.outputs import errors
from domain.outputs.models import Output
from domain.prompts import queries as prompts
from domain.prompts.models import PromptSet
from domain.variants.models import Variant

# What makes outputs comparable: all else equal, two variants differ in their weights only.
PARAMETERS = ("scheduler", "steps", "guidance", "negative", "width", "height")
_COLUMNS = frozenset({"variant", "prompt_key", "prompt", "seed", "file", "sha256"})
_KEY = ("variant_id", "prompt_id", "seed", "parameters_digest")
_ROWS_AT_ONCE = 500
_MEDIA_TYPES = {
    **{f".{name}": f"image/{name}" for name in ("png", "webp", "gif", "bmp", "avif")},
    ".jpg": "image/jpeg",
}


def get(session: Session, output_id: uuid.UUID) -> Output:
    output = session.get(Output, output_id)
    if output is None:
        raise errors.OutputNotFound(output_id)
    return output


def digest_parameters(row: Mapping[str, Any]) -> str:
    values = {name: row.get(name) for name in PARAMETERS}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def record(
    session: Session,
    job: Job,
    rows: Iterable[Mapping[str, Any]],
    *,
    prompt_set: PromptSet,
    variants: Mapping[str, Variant],
    artifact: Artifact,
) -> int:
    """The rows of a generation's outputs.jsonl. What is there already stays as it is; returns how
    many rows are new.
    """
    by_key = prompts.map_by_key(session, prompt_set.id)
    return insert_new(session, (_make_row(row, job, by_key, variants, artifact) for row in rows))


def insert_new(session: Session, values: Iterable[Mapping[str, Any]]) -> int:
    """Rows of the table, a few hundred at a time. Returns how many were not there yet."""
    statement = insert(Output).on_conflict_do_nothing(index_elements=_KEY)
    left, num_new = iter(values), 0
    while some := list(islice(left, _ROWS_AT_ONCE)):
        num_new += len(session.execute(statement.returning(Output.id), some).all())
    return num_new


def _make_row(
    row: Mapping[str, Any],
    job: Job,
    prompts_by_key: Mapping[str, uuid.UUID],
    variants: Mapping[str, Variant],
    artifact: Artifact,
) -> dict[str, Any]:
    key = row["prompt_key"]
    if key not in prompts_by_key:
        raise errors.PromptUnknown(key)
    return {
        "id": new_id(),
        "job_id": job.id,
        "variant_id": variants[row["variant"]].id,
        "prompt_id": prompts_by_key[key],
        "seed": row["seed"],
        "parameters_digest": digest_parameters(row),
        "artifact_id": artifact.id,
        "file": row["file"],
        "sha256": row["sha256"],
        "width": row["width"],
        "height": row["height"],
        "facts": {name: value for name, value in row.items() if name not in _COLUMNS},
        "created_at": job.started_at or job.created_at,
    }


def read_picture(session: Session, output: Output) -> tuple[bytes, str]:
    """The picture's bytes and media type. Raises ArtifactGone with the reason."""
    if output.file is None:
        raise errors.NoPicture(output.id)
    return _read(session, output, output.file)


def read_question_picture(session: Session, output: Output) -> tuple[bytes, str]:
    """Of the picture that an answer is about. Raises ArtifactGone with the reason."""
    if output.question_file is None:
        raise errors.NoQuestionPicture(output.id)
    return _read(session, output, output.question_file)


def _read(session: Session, output: Output, file: str) -> tuple[bytes, str]:
    artifact = artifacts.get_readable(session, output.artifact_id)
    with storage.open_read(storage.join(artifact.uri, file)) as opened:
        data = opened.read()
    return data, _MEDIA_TYPES.get(PurePosixPath(file).suffix.lower(), "image/jpeg")
