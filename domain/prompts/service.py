"""Sets of prompts: make them of what was sent, rename, archive. Never changed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain.db import new_id
from domain.prompts import errors, queries, reading
from domain.prompts.models import Prompt, PromptSet
from domain.prompts.reading import Format
from domain.shelf import service as shelf
from domain.users import audit
from domain.users.person import Person
from specs import prompts as written
from specs.prompts import FIELDS, PromptLine, Scope

_ROWS_AT_ONCE = 1000


def get(session: Session, prompt_set_id: uuid.UUID) -> PromptSet:
    found = session.get(PromptSet, prompt_set_id)
    if found is None:
        raise errors.PromptSetNotFound(prompt_set_id)
    return found


def find_by_name(session: Session, name: str) -> PromptSet | None:
    return shelf.find_by_name(session, PromptSet, name)


def create(
    session: Session,
    *,
    name: str,
    text: str,
    source: str = "",
    format: Format = "auto",  # noqa: A002 - what it is called everywhere
    scope: Scope = "global",
    actor: Person | None,
) -> PromptSet:
    """From JSON lines, a table, or one prompt per line. Raises PromptsWrong with the lines."""
    lines = reading.read(text, format=format, scope=scope)
    return add(session, name=name, lines=lines, source=source, actor=actor)


def add(
    session: Session,
    *,
    name: str,
    lines: Sequence[PromptLine],
    source: str,
    actor: Person | None,
    maker_id: uuid.UUID | None = None,
    asked: Mapping[str, str] | None = None,
) -> PromptSet:
    """`maker_id` is who asked for it, when that is not who acts: of a job. `asked`: by key, the
    words before facts were put behind them.
    """
    before = asked or {}
    made = PromptSet(
        name=shelf.tidy_name(name),
        source=source,
        digest=written.digest(lines),
        num_prompts=len(lines),
        created_by_id=actor.id if actor else maker_id,
    )
    shelf.add(session, made)
    for start in range(0, len(lines), _ROWS_AT_ONCE):
        rows = [
            {"id": new_id(), "prompt_set_id": made.id, "position": start + at}
            | asdict(line)
            | {"asked": before[line.key] if before.get(line.key, line.text) != line.text else None}
            for at, line in enumerate(lines[start : start + _ROWS_AT_ONCE])
        ]
        session.execute(insert(Prompt), rows)
    audit.record(
        session, actor, "prompt_set.create", subject=("prompt_set", made.id), name=made.name,
        num_prompts=len(lines),
    )  # fmt: skip
    return made


def write_file(session: Session, prompt_set: PromptSet, path: Path) -> Path:
    """The set as the file that a computation reads."""
    lines = [
        PromptLine(**{name: getattr(row, name) for name in FIELDS})
        for row in queries.list_prompts(session, prompt_set.id, limit=prompt_set.num_prompts)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written.write(lines), "utf-8")
    return path


def rename(session: Session, prompt_set_id: uuid.UUID, name: str, *, actor: Person) -> PromptSet:
    return shelf.rename(session, get(session, prompt_set_id), name, actor=actor)


def archive(session: Session, prompt_set_id: uuid.UUID, *, actor: Person) -> PromptSet:
    return shelf.archive(session, get(session, prompt_set_id), actor=actor)


def unarchive(session: Session, prompt_set_id: uuid.UUID, *, actor: Person) -> PromptSet:
    return shelf.unarchive(session, get(session, prompt_set_id), actor=actor)
