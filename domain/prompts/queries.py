"""What pages, the API and the terminal show of prompts."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.prompts.models import Prompt, PromptSet
from domain.shelf import queries as shelf

# Where prompts belong: what lists of them, and of what was made of them, are narrowed by.
PLACES = ("scope", "country", "language", "category", "stratum")


def list_prompt_sets(
    session: Session, *, archived: bool = False, limit: int = 50, before: uuid.UUID | None = None
) -> Sequence[PromptSet]:
    """Newest first. `before` continues a list after its last row."""
    return shelf.list_rows(session, PromptSet, archived=archived, limit=limit, before=before)


def count_prompt_sets(session: Session, *, archived: bool = False) -> int:
    return shelf.count_rows(session, PromptSet, archived=archived)


def list_prompts(
    session: Session, prompt_set_id: uuid.UUID, *, after: int = -1, limit: int = 50
) -> Sequence[Prompt]:
    """In the order of the set, behind the position `after`."""
    query = select(Prompt).where(Prompt.prompt_set_id == prompt_set_id, Prompt.position > after)
    return session.scalars(query.order_by(Prompt.position).limit(limit)).all()


def map_by_key(session: Session, prompt_set_id: uuid.UUID) -> dict[str, uuid.UUID]:
    query = select(Prompt.key, Prompt.id).where(Prompt.prompt_set_id == prompt_set_id)
    return dict(session.execute(query).all())


def find_by_digest(session: Session, digest: str, *, name: str = "") -> PromptSet | None:
    """One with these prompts in this order. Of several, the one of this name; else one that is in
    the lists, and the oldest.
    """
    query = select(PromptSet).where(PromptSet.digest == digest)
    order = ((PromptSet.name == name).desc(), PromptSet.archived_at.is_not(None), PromptSet.id)
    return session.scalars(query.order_by(*order).limit(1)).one_or_none()


def find_augmented(session: Session, digest: str, asked: Mapping[str, str]) -> PromptSet | None:
    """One with these prompts in this order, of which raters read these words, by key. The same
    prompts may have been sent by somebody, with the facts as a part of their words.
    """
    query = select(PromptSet).where(PromptSet.digest == digest)
    order = (PromptSet.archived_at.is_not(None), PromptSet.id)
    for found in session.scalars(query.order_by(*order)):
        if map_words(session, found.id) == asked:
            return found
    return None


def map_words(session: Session, prompt_set_id: uuid.UUID) -> dict[str, str]:
    """By key, what raters read."""
    query = select(Prompt.key, func.coalesce(Prompt.asked, Prompt.text))
    return dict(session.execute(query.where(Prompt.prompt_set_id == prompt_set_id)).all())


def count_by(session: Session, prompt_set_id: uuid.UUID) -> dict[str, dict[str, int]]:
    """How many prompts have which scope, stratum, region, country, language and category; most
    frequent first, and no count of what no prompt states.
    """
    found: dict[str, dict[str, int]] = {}
    for name in ("scope", "stratum", "region", "country", "language", "category"):
        column = getattr(Prompt, name)
        query = (
            select(column, func.count())
            .where(Prompt.prompt_set_id == prompt_set_id, column != "")
            .group_by(column)
            .order_by(func.count().desc(), column)
        )
        found[name] = dict(session.execute(query).all())
    return found
