"""The sandbox's studies: of pictures and of answers, at most one of each for each database, and
open to everybody who is signed in.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.outputs.models import Output
from domain.studies import errors
from domain.studies.models import ItemKind, Study, StudyItem, StudyItemMember, StudyState
from specs.study.design import Medium


@dataclass(frozen=True, kw_only=True)
class Known:
    """Of an item with one output, what no page tells a person: for raters who are simulated."""

    kind: ItemKind
    expected: Mapping[str, Any]  # by criterion, the values that are right
    facts: Mapping[str, Any]  # of the output


def find(session: Session, medium: Medium = "picture") -> Study | None:
    """The one that people can see: it was opened, and nobody has archived it."""
    return session.scalar(
        _select(medium)
        .where(Study.state != StudyState.DRAFT.value, Study.archived_at.is_(None))
        .order_by(Study.id.desc())
        .limit(1)
    )


def get(session: Session, medium: Medium = "picture") -> Study:
    found = find(session, medium)
    if found is None:
        raise errors.NoSandboxStudy
    return found


def is_there(session: Session, medium: Medium = "picture") -> bool:
    """Whether there is one in any state. Until the end of the transaction nobody else finds that
    there is none: two starts at once bring one.
    """
    lock = func.hashtextextended("studies.sandbox", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    return session.scalar(_select(medium).limit(1)) is not None


def _select(medium: Medium) -> Select[Study]:
    """A design from before there were answers says nothing of it."""
    said = func.coalesce(Study.design["medium"].astext, "picture")
    return select(Study).where(Study.is_sandbox, said == medium)


def get_known(session: Session, item_id: uuid.UUID) -> Known:
    item, facts = session.execute(
        select(StudyItem, Output.facts)
        .join(StudyItemMember, StudyItemMember.item_id == StudyItem.id)
        .join(Output, Output.id == StudyItemMember.output_id)
        .where(StudyItem.id == item_id)
    ).one()
    return Known(kind=ItemKind(item.kind), expected=item.expected or {}, facts=facts)
