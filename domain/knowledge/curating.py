"""Add, edit and remove passages. Nothing is overwritten: every change makes a revision, and what a
passage was before stays for the indexes and outputs that were made of it.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.db import new_id
from domain.jobs.models import Job
from domain.knowledge import errors, reading
from domain.knowledge.models import KnowledgeBase, KnowledgeRevision, Passage
from domain.users import audit
from domain.users.person import Person
from specs import knowledge as written
from specs.knowledge import MOST_PASSAGES, PassageLine

_ROWS_AT_ONCE = 1000
_MOST_NOTED = 100  # one by one in the audit log; the revision counts all


@dataclass(frozen=True, kw_only=True)
class Imported:
    num_new: int
    num_known: int  # that the base has already
    num_removed: int  # that somebody took out of the base, or edited: they stay out


def get(session: Session, base: KnowledgeBase, passage_id: uuid.UUID) -> Passage:
    """One of this base, whether it is a current one or not."""
    passage = session.get(Passage, passage_id)
    if passage is None or passage.knowledge_base_id != base.id:
        raise errors.PassageNotFound(passage_id)
    return passage


def get_current(session: Session, base_id: uuid.UUID, passage_id: uuid.UUID) -> Passage:
    """One that the base has now, as it is in the database now."""
    passage = session.get(Passage, passage_id, populate_existing=True)
    if passage is None or passage.knowledge_base_id != base_id:
        raise errors.PassageNotFound(passage_id)
    if passage.until is not None:
        raise errors.PassageNotCurrent
    return passage


def add(
    session: Session, base_id: uuid.UUID, values: Mapping[str, str], *, actor: Person | None
) -> Passage:
    (passage,) = add_all(session, base_id, [values], actor=actor)
    return passage


def add_all(
    session: Session,
    base_id: uuid.UUID,
    sent: Sequence[Mapping[str, str]],
    *,
    actor: Person | None,
) -> list[Passage]:
    """At the end, in one revision."""
    lines = [reading.read(values) for values in sent]
    with _revise(session, base_id, "add", actor) as base:
        _check_room(base, len(lines))
        _check_new(session, base, lines)
        end = _find_end(session, base)
        made = [_make(base, line, position=end + at) for at, line in enumerate(lines)]
        session.add_all(made)
    for passage in made[:_MOST_NOTED]:
        _note(session, actor, "add", base, passage)
    return made


def edit(
    session: Session,
    base_id: uuid.UUID,
    passage_id: uuid.UUID,
    values: Mapping[str, str],
    *,
    actor: Person | None,
    keep_picture: bool = True,
) -> Passage:
    """Another passage in the place of this one; the same when nothing was changed."""
    before = get_current(session, base_id, passage_id)
    line = reading.read(values, picture=before.picture if keep_picture else "")
    if line.digest == before.digest:
        return before
    with _revise(session, base_id, "edit", actor) as base:
        before = get_current(session, base_id, passage_id)
        _check_new(session, base, [line])
        before.until = base.revision
        session.flush()
        passage = _make(base, line, position=before.position, replaces=before)
        session.add(passage)
    _note(session, actor, "edit", base, passage)
    return passage


def remove(
    session: Session, base_id: uuid.UUID, passage_id: uuid.UUID, *, actor: Person | None
) -> None:
    with _revise(session, base_id, "remove", actor) as base:
        passage = get_current(session, base_id, passage_id)
        passage.until = base.revision
    _note(session, actor, "remove", base, passage)


def take_in(
    session: Session,
    base_id: uuid.UUID,
    lines: Sequence[PassageLine],
    *,
    artifact: Artifact,
    job: Job,
) -> Imported:
    """What an import found. What the base has said before is not said again: a file that is
    imported twice adds nothing the second time.
    """
    _lock(session, base_id)  # before looking: another import may be bringing the same
    current = _list_digests(session, base_id, current=True)
    ever = _list_digests(session, base_id, current=False)
    new = {line.digest: line for line in lines if line.digest not in ever}
    num_known = sum(line.digest in current for line in lines)
    num_removed = sum(line.digest in ever - current for line in lines)
    if new:
        with _revise(session, base_id, "import", None, job) as base:
            _check_room(base, len(new))
            _insert(session, base, list(new.values()), artifact)
    return Imported(num_new=len(new), num_known=num_known, num_removed=num_removed)


@contextmanager
def _revise(
    session: Session, base_id: uuid.UUID, what: str, actor: Person | None, job: Job | None = None
) -> Iterator[KnowledgeBase]:
    """The base, locked, at the number of its next revision; at the end its digest is what it has
    by then. Two who change it at once do so one after the other.
    """
    base = _lock(session, base_id)
    base.revision += 1
    yield base
    session.flush()
    digests = session.scalars(
        select(Passage.digest)
        .where(Passage.knowledge_base_id == base.id, Passage.until.is_(None))
        .order_by(Passage.position)
    ).all()
    base.digest, base.num_passages = written.digest(digests), len(digests)
    session.add(
        KnowledgeRevision(
            knowledge_base_id=base.id,
            number=base.revision,
            what=what,
            digest=base.digest,
            num_passages=base.num_passages,
            made_by_id=actor.id if actor else job.created_by_id if job else None,
            job_id=job.id if job else None,
        )
    )
    session.flush()


def _lock(session: Session, base_id: uuid.UUID) -> KnowledgeBase:
    base = session.get(KnowledgeBase, base_id, with_for_update=True, populate_existing=True)
    if base is None:
        raise errors.KnowledgeBaseNotFound(base_id)
    if base.archived_at is not None:
        raise errors.BaseIsArchived(base.name)
    return base


def _check_new(session: Session, base: KnowledgeBase, lines: Sequence[PassageLine]) -> None:
    """A base says the same thing once."""
    same = select(Passage.digest).where(
        Passage.knowledge_base_id == base.id,
        Passage.digest.in_([line.digest for line in lines]),
        Passage.until.is_(None),
    )
    taken = set(session.scalars(same))
    for line in lines:
        if line.digest in taken:
            raise errors.PassageTwice(line.title)
        taken.add(line.digest)


def _check_room(base: KnowledgeBase, num_more: int) -> None:
    if base.num_passages + num_more > MOST_PASSAGES:
        raise errors.TooManyPassages(base.name, base.num_passages + num_more, MOST_PASSAGES)


def _find_end(session: Session, base: KnowledgeBase) -> int:
    query = select(func.max(Passage.position)).where(Passage.knowledge_base_id == base.id)
    last = session.scalar(query)
    return 0 if last is None else last + 1


def _make(
    base: KnowledgeBase, line: PassageLine, *, position: int, replaces: Passage | None = None
) -> Passage:
    return Passage(
        **asdict(line),
        knowledge_base_id=base.id,
        position=position,
        digest=line.digest,
        artifact_id=replaces.artifact_id if replaces and line.picture else None,
        since=base.revision,
        replaces_id=replaces.id if replaces else None,
    )


def _insert(
    session: Session, base: KnowledgeBase, lines: Sequence[PassageLine], artifact: Artifact
) -> None:
    end = _find_end(session, base)
    rows = [
        asdict(line)
        | {
            "id": new_id(),
            "knowledge_base_id": base.id,
            "position": end + at,
            "digest": line.digest,
            "artifact_id": artifact.id if line.picture else None,
            "since": base.revision,
        }
        for at, line in enumerate(lines)
    ]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        session.execute(insert(Passage), rows[start : start + _ROWS_AT_ONCE])


def _list_digests(session: Session, base_id: uuid.UUID, *, current: bool) -> set[str]:
    query = select(Passage.digest).where(Passage.knowledge_base_id == base_id)
    return set(session.scalars(query.where(Passage.until.is_(None)) if current else query))


def _note(
    session: Session, actor: Person | None, verb: str, base: KnowledgeBase, passage: Passage
) -> None:
    audit.record(
        session, actor, f"passage.{verb}", subject=("knowledge_base", base.id),
        passage=str(passage.id), title=passage.title, revision=base.revision,
    )  # fmt: skip
