"""Unpack a backup and check every byte of it, before anything is done with it.

Whoever made the archive, it writes below its own folder only: plain files, known places, no links.
"""

import hashlib
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import unquote

import pydantic

from cli.archive.manifest import DATABASE, ITEMS, NAME, REGIONS, ArchiveDamaged, Manifest, Member

_CHUNK_BYTES = 1024**2
_MAX_MANIFEST_BYTES = 1024**3


def unpack(archive: Path, folder: Path) -> Manifest:
    """Write the archive's files below `folder`, which the caller throws away on any error."""
    try:
        with tarfile.open(archive, "r:gz") as opened:
            found = [_unpack_member(opened, entry, archive, folder) for entry in opened]
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise ArchiveDamaged(archive, f"it is cut off or no backup ({error}).") from error
    manifest = _read_manifest(archive, folder)
    _compare(archive, manifest, found)
    return manifest


def _unpack_member(
    opened: tarfile.TarFile, entry: tarfile.TarInfo, archive: Path, folder: Path
) -> Member:
    if not (entry.isfile() and _is_known_place(entry.name)):
        raise ArchiveDamaged(archive, f"'{entry.name}' does not belong into one.")
    target = folder / entry.name
    if target.exists():
        raise ArchiveDamaged(archive, f"'{entry.name}' is in it twice.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = opened.extractfile(entry)
    assert source is not None, "A plain file has content."
    with source, target.open("xb") as file:
        return Member(name=entry.name, sha256=_copy(source, file), size_bytes=entry.size)


def _is_known_place(name: str) -> bool:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name or {"\\", "\0"} & {*name}:
        return False
    return name in {NAME, DATABASE} or (path.parts[0] in {ITEMS, REGIONS} and len(path.parts) > 1)


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _read_manifest(archive: Path, folder: Path) -> Manifest:
    file = folder / NAME
    if not file.exists():
        raise ArchiveDamaged(archive, "its list of contents is missing; it was cut off.")
    if file.stat().st_size > _MAX_MANIFEST_BYTES:
        raise ArchiveDamaged(archive, "its list of contents is larger than any could be.")
    try:
        return Manifest.model_validate_json(file.read_bytes())
    except pydantic.ValidationError as error:
        reason = "its list of contents is not readable by this version of GG-EZ."
        raise ArchiveDamaged(archive, reason) from error


def _compare(archive: Path, manifest: Manifest, found: list[Member]) -> None:
    for item in manifest.items:
        if not _is_known_place(f"{ITEMS}/{unquote(item.path)}"):
            raise ArchiveDamaged(archive, f"'{item.path}' does not belong into one.")
    listed = {member.name: member for member in manifest.members}
    present = {member.name: member for member in found if member.name != NAME}
    if DATABASE not in listed:
        raise ArchiveDamaged(archive, "it holds no database.")
    for name in sorted(listed.keys() ^ present.keys()):
        where = "listed, but not there" if name in listed else "there, but not listed"
        raise ArchiveDamaged(archive, f"'{name}' is {where}.")
    for name, member in listed.items():
        if member != present[name]:
            raise ArchiveDamaged(archive, f"'{name}' was changed after the backup was written.")
