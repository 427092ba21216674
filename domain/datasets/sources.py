"""Where an import may read from: uploads, and folders of this machine inside the allowed roots."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.errors import ArtifactNotFound, FileMissing
from domain.artifacts.models import Artifact
from domain.datasets import errors
from domain.datasets.uploads import KIND
from domain.settings import Settings

UPLOAD = "upload:"


@dataclass(frozen=True)
class Folder:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class Upload:
    artifact: Artifact

    @property
    def name(self) -> str:
        """As the person called the file."""
        return self.artifact.uri.rpartition("/")[2]


def find(session: Session, source: str, settings: Settings) -> Folder | Upload:
    """What a spec's source names. Raises the sentence that says why it cannot be read."""
    if source.startswith(UPLOAD):
        return find_upload(session, source)
    return Folder(confine(source, settings.allowed_import_roots))


def find_upload(session: Session, source: str) -> Upload:
    try:
        artifact = artifacts.get_readable(session, uuid.UUID(source.removeprefix(UPLOAD)))
    except (ValueError, ArtifactNotFound) as error:
        raise errors.UploadUnknown(source) from error
    if artifact.kind != KIND:
        raise errors.UploadUnknown(source)
    return Upload(artifact)


def confine(source: str, roots: Sequence[Path]) -> Path:
    """The real path, links followed, if it lies in a root. A relative one is looked for in each.

    What lies outside is refused before it is looked for: the answer tells nothing about it.
    """
    if "\0" in source:
        raise errors.SourceMissing(source.replace("\0", ""))
    given = Path(source)
    candidates = [given] if given.is_absolute() else [root / given for root in roots]
    try:
        inside = [path for path in map(Path.resolve, candidates) if is_inside(path, roots)]
        if not inside:
            raise errors.SourceOutsideRoots(source, roots)
        for path in inside:
            if path.exists():
                return path
    except (OSError, RuntimeError) as error:
        # A name that is too long, links that lead to each other, a folder that is shut.
        raise errors.SourceMissing(source) from error
    raise errors.SourceMissing(source)


def is_inside(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root.resolve()) for root in roots)


def list_suggestions(roots: Sequence[Path], limit: int = 100) -> list[Path]:
    """What lies directly in the roots, for a person to choose from."""
    found: list[Path] = []
    for root in roots:
        if root.is_dir():
            found += [path for path in sorted(root.iterdir()) if not path.name.startswith(".")]
    return found[:limit]


def fetch(found: Folder | Upload, into: Path) -> Path:
    """A path on this machine. An upload that lies elsewhere is brought into this folder, unless an
    earlier attempt has done so.
    """
    if isinstance(found, Folder):
        return found.path
    try:
        return storage.fetch(found.artifact.uri, into)
    except FileMissing as error:
        raise errors.SourceMissing(found.name) from error
