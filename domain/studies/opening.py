"""Opening, pausing, closing. Each is a recorded act; opening happens once.

Pictures are re-encoded before (the job study.open): all to one size and one format, so that
nothing but the picture itself tells where it is from.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.outputs.models import Output
from domain.studies import drafting, drawing, errors, gathering, service
from domain.studies.material import PlannedItem
from domain.studies.models import (
    Study,
    StudyItem,
    StudyItemMember,
    StudyPicture,
    StudyState,
)
from domain.users.person import Person
from specs.study import registration

FEWEST_CHARACTERS = 5  # of a reason


@dataclass(frozen=True, kw_only=True)
class Source:
    """A picture to be re-encoded, and the key by which it is found again."""

    key: str
    artifact_id: uuid.UUID
    file: str


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A picture as raters will get it."""

    source_sha256: str  # the key of its source
    file: str
    width: int
    height: int


def check(session: Session, study: Study) -> None:
    """Whether it can open. Raises StudyIncomplete with all that is missing."""
    if study.state != StudyState.DRAFT:
        raise errors.StudyAlreadyOpened(study.name)
    gaps = drafting.list_gaps(session, study)
    if gaps:
        raise errors.StudyIncomplete(study.name, gaps)


def list_sources(session: Session, study: Study) -> list[Source]:
    """The pictures of its items, each once, in an order that says nothing: those to be rated, and
    those that questions are about.
    """
    items = drawing.draw(gathering.gather(session, study))
    wanted = {member.output_id for item in items for member in item.members}
    sources = {}
    for output in session.scalars(select(Output).where(Output.id.in_(wanted))):
        for key, file in (
            (output.sha256, output.file),
            (_key_of_question(output), output.question_file),
        ):
            if key is not None and file is not None:
                sources[key] = Source(key=key, artifact_id=output.artifact_id, file=file)
    return [sources[key] for key in sorted(sources)]


def _key_of_question(output: Output) -> str | None:
    """By its place: of a question's picture no digest is kept."""
    if output.question_file is None:
        return None
    return hashlib.sha256(f"{output.artifact_id}/{output.question_file}".encode()).hexdigest()


def fetch_sources(session: Session, study: Study, into: Path) -> dict[str, Path]:
    """The pictures to re-encode: key -> where it can be read. What lies on no disk here is
    fetched `into` a folder.
    """
    roots: dict[str, Path] = {}
    sources = {}
    for source in list_sources(session, study):
        artifact = artifacts.get_readable(session, source.artifact_id)
        if artifact.uri not in roots:
            roots[artifact.uri] = storage.fetch(artifact.uri, into / str(artifact.id))
        sources[source.key] = roots[artifact.uri] / source.file
    return sources


def open_study(
    session: Session,
    study: Study,
    pictures: Iterable[Encoded],
    *,
    artifact: Artifact | None,
    actor: Person | None,
) -> Study:
    """Draw the items and let raters in. `pictures` are those of `list_sources`."""
    check(session, study)
    ids = _record_pictures(session, study, pictures, artifact)
    items = drawing.draw(gathering.gather(session, study))
    _record_items(session, study, items, ids)
    arms = [variant.name for _, variant in service.list_arms(session, study)]
    study.registration_sha256 = registration.digest(
        service.read_design(study), service.read_registration(study), arms
    )
    study.state = StudyState.OPEN
    study.opened_at = clock.now()
    service.note(
        session, study, "opened", actor=actor, num_items=len(items),
        registration_sha256=study.registration_sha256,
    )  # fmt: skip
    return study


def pause(session: Session, study: Study, *, actor: Person | None) -> Study:
    """Nobody gets new work; what is in people's hands is still taken in."""
    if study.state != StudyState.OPEN:
        raise errors.StudyNotOpen(study.name, study.state)
    study.state = StudyState.PAUSED
    service.note(session, study, "paused", actor=actor)
    return study


def resume(session: Session, study: Study, *, actor: Person | None) -> Study:
    if study.state != StudyState.PAUSED:
        raise errors.StudyNotPaused(study.name, study.state)
    study.state = StudyState.OPEN
    service.note(session, study, "resumed", actor=actor)
    return study


def close(session: Session, study: Study, *, actor: Person | None) -> Study:
    """For good: effects by arm may be looked at from now on."""
    if study.state not in (StudyState.OPEN, StudyState.PAUSED):
        raise errors.StudyNotOpen(study.name, study.state)
    study.state = StudyState.CLOSED
    study.closed_at = clock.now()
    service.note(session, study, "closed", actor=actor)
    return study


def unseal(session: Session, study: Study, *, reason: str, actor: Person) -> None:
    """Look at effects by arm before closing: noted, and printed in the report."""
    if study.state in (StudyState.DRAFT, StudyState.CLOSED):
        raise errors.StudyNotOpen(study.name, study.state)
    if len(reason.strip()) < FEWEST_CHARACTERS:
        raise errors.ReasonMissing(FEWEST_CHARACTERS)
    service.note(session, study, "looked_into", actor=actor, reason=reason.strip())


def _record_pictures(
    session: Session, study: Study, pictures: Iterable[Encoded], artifact: Artifact | None
) -> dict[str, uuid.UUID]:
    """Digest of the source -> id of the picture."""
    rows = []
    for each in pictures:
        assert artifact is not None, "What was encoded was published."
        rows.append(
            StudyPicture(
                id=uuid.uuid4(),
                study_id=study.id,
                source_sha256=each.source_sha256,
                artifact_id=artifact.id,
                file=each.file,
                width=each.width,
                height=each.height,
            )
        )
    session.add_all(rows)
    session.flush()
    return {row.source_sha256: row.id for row in rows}


def _record_items(
    session: Session, study: Study, items: Sequence[PlannedItem], ids: dict[str, uuid.UUID]
) -> None:
    outputs = {
        output.id: output
        for output in session.scalars(
            select(Output).where(
                Output.id.in_({member.output_id for item in items for member in item.members})
            )
        )
    }
    keys = {key for output in outputs.values() for key in (output.sha256, _key_of_question(output))}
    missing = keys - {None} - ids.keys()
    if missing:
        raise errors.PicturesMissing(study.name, len(missing))
    # Repeats last: they point at rows that must be there.
    for item in sorted(items, key=lambda each: each.original is not None):
        session.add(_make_item(study, item, _find_question(item, outputs, ids)))
    session.flush()
    for item in items:
        session.add_all(_make_members(item, outputs, ids))
    session.flush()


def _find_question(
    item: PlannedItem, outputs: dict[uuid.UUID, Output], ids: dict[str, uuid.UUID]
) -> uuid.UUID | None:
    """The picture that the item's question is about: all its outputs answer the same one."""
    keys = (_key_of_question(outputs[member.output_id]) for member in item.members)
    return next((ids[key] for key in keys if key is not None), None)


def _make_item(study: Study, item: PlannedItem, question_picture_id: uuid.UUID | None) -> StudyItem:
    return StudyItem(
        id=item.id,
        study_id=study.id,
        kind=item.kind.value,
        prompt_id=item.prompt.id,
        stratum=item.prompt.stratum,
        original_id=item.original.id if item.original else None,
        expected=dict(item.expected) if item.expected else None,
        quota=item.quota,
        question_picture_id=question_picture_id,
    )


def _make_members(
    item: PlannedItem, outputs: dict[uuid.UUID, Output], ids: dict[str, uuid.UUID]
) -> list[StudyItemMember]:
    return [
        StudyItemMember(
            item_id=item.id,
            slot=slot,
            arm_id=member.arm_id,
            output_id=member.output_id,
            picture_id=ids.get(output.sha256) if output.sha256 else None,
            answer=output.text or "",
        )
        for slot, member in enumerate(item.members)
        for output in (outputs[member.output_id],)
    ]
