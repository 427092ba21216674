"""Folders that come with the product, among the artifacts: linked, or copied where links do not
reach.
"""

import hashlib
import os
import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.settings import Settings

FOLDER = "shipped"


def measure(folder: Path) -> tuple[str, int]:
    """A digest of names and contents, and how many bytes there are."""
    whole = hashlib.sha256()
    size_bytes = 0
    for path in _list_files(folder):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\n{digest}\n".encode())
        size_bytes += path.stat().st_size
    return whole.hexdigest(), size_bytes


def publish(
    session: Session, settings: Settings, folder: Path, kind: str, measured: tuple[str, int]
) -> Artifact:
    """Under its digest: what is there already is the same."""
    sha256, size_bytes = measured
    uri = storage.join(settings.artifacts_root, FOLDER, kind, sha256)
    known = session.scalars(select(Artifact).where(Artifact.uri == uri)).one_or_none()
    if known is not None:
        return known
    staged = storage.make_staging(
        settings.artifacts_root, settings.data.resolve() / "work", f"{FOLDER}-{sha256}"
    )
    for path in _list_files(folder):
        target = staged / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        _place(path, target)
    storage.delete(uri)  # what an attempt left behind whose row was not written
    storage.publish_folder(staged, uri)
    return artifacts.record(
        session, kind=kind, uri=uri, sha256=sha256, size_bytes=size_bytes,
        media_type="inode/directory",
    )  # fmt: skip


def _list_files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file())


def _place(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(path, target)
