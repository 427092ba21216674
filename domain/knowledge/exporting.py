"""A revision of a base as files: the folder that computations read, and lines to download."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.knowledge import errors, queries
from domain.knowledge.models import KnowledgeBase, Passage
from specs.knowledge import FACTS_FILE, PASSAGES_FILE, PICTURES, STATED, PassageLine


def to_line(passage: Passage) -> PassageLine:
    return PassageLine(picture=passage.picture, **{name: getattr(passage, name) for name in STATED})


def write_lines(session: Session, base: KnowledgeBase) -> Iterator[str]:
    """Of the passages that it has now."""
    for passage in queries.walk_revision(session, base.id, base.revision):
        yield f"{to_line(passage).to_json()}\n"


def write_folder(
    session: Session, base: KnowledgeBase, digest: str, into: Path, *, most_bytes: int | None = None
) -> Path:
    """The passages of this digest, which the base had at some time, with their pictures. One that
    is there whole from an earlier attempt serves again. `most_bytes` of pictures, for whoever has
    no room for whatever a base may hold.
    """
    revision = queries.find_revision(session, base.id, digest)
    if revision is None:
        raise errors.RevisionUnknown(base.name, digest)
    folder = into / digest
    if folder.exists():
        return folder
    partial = into / f"{digest}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    (partial / PICTURES).mkdir(parents=True)
    num_bytes = 0
    with (partial / PASSAGES_FILE).open("w", encoding="utf-8") as file:
        for passage in queries.walk_revision(session, base.id, revision.number):
            file.write(f"{to_line(passage).to_json()}\n")
            if passage.picture and not (partial / passage.picture).exists():
                _copy_picture(session, passage, partial / passage.picture)
                num_bytes += (partial / passage.picture).stat().st_size
                if most_bytes is not None and num_bytes > most_bytes:
                    raise errors.FolderTooLarge(base.name, most_bytes)
    facts = {"name": base.name, "digest": digest, "num_passages": revision.num_passages}
    text = json.dumps(facts, ensure_ascii=False, indent=2)
    (partial / FACTS_FILE).write_text(f"{text}\n", "utf-8")
    partial.rename(folder)
    return folder


def read_picture(session: Session, passage: Passage) -> bytes:
    """As it came. Raises ArtifactGone with the reason."""
    with _open_picture(session, passage) as file:
        return file.read()


def _copy_picture(session: Session, passage: Passage, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _open_picture(session, passage) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


@contextlib.contextmanager
def _open_picture(session: Session, passage: Passage) -> Iterator[IO[bytes]]:
    if passage.artifact_id is None:
        raise errors.NoPassagePicture(passage.id)
    artifact = artifacts.get_readable(session, passage.artifact_id)
    with storage.open_read(storage.join(artifact.uri, passage.picture)) as file:
        yield file
