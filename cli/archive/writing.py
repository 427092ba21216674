"""Write an instance into one file. Readers never see half of it: it is renamed when it is done."""

import hashlib
import io
import os
import tarfile
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Literal, cast
from urllib.parse import unquote

from sqlalchemy import Connection, select, text

from cli.archive import dumps
from cli.archive.manifest import DATABASE, ITEMS, NAME, REGIONS, FileExists, Item, Manifest, Member
from domain import clock, schema
from domain.artifacts import storage
from domain.artifacts.errors import FileMissing
from domain.artifacts.models import Artifact
from domain.db import connect
from domain.jobs.models import Job
from domain.settings import Settings

# Pictures and dumps are compressed already: trying harder costs minutes and gains a percent.
_COMPRESSION = 1


@dataclass(frozen=True)
class _Pointer:
    """What a row points to."""

    table: Literal["artifacts", "jobs"]
    id: uuid.UUID
    uri: str
    sha256: str = ""
    size_bytes: int = 0


def write(target: Path, settings: Settings, *, with_artifacts: bool = True) -> Manifest:
    if target.exists():
        raise FileExists(target)
    unfinished = target.with_name(target.name + ".new")
    engine = connect(settings.database_url, pool_size=1)
    try:
        with (
            engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
            _open_new(unfinished) as archive,
        ):
            writer = _Writer(archive)
            schema_version = _add_database(writer, connection, settings)
            items = tuple(
                _add_item(writer, pointer, settings, with_artifacts=with_artifacts)
                for pointer in _list_pointers(connection)
            )
            _add_regions(writer, settings)
            manifest = Manifest(
                version=version("ggez"),
                schema_version=schema_version,
                created_at=clock.now(),
                members=tuple(writer.members),
                items=items,
            )
            writer.add_bytes(manifest.model_dump_json(indent=1).encode(), NAME)
        unfinished.rename(target)
    finally:
        engine.dispose()
        unfinished.unlink(missing_ok=True)
    return manifest


@contextmanager
def _open_new(path: Path) -> Iterator[tarfile.TarFile]:
    """A backup holds everybody's data: it is its owner's alone, and on the disk when closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(
            fileobj=file, mode="w:gz", compresslevel=_COMPRESSION, format=tarfile.PAX_FORMAT
        ) as archive:
            yield archive
        file.flush()
        os.fsync(file.fileno())


class _Writer:
    """Adds files to the archive and keeps their digests."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    def add(self, path: Path, name: str) -> Member:
        with path.open("rb") as file:
            return self._add(file, name, os.fstat(file.fileno()).st_size)

    def add_bytes(self, content: bytes, name: str) -> Member:
        return self._add(io.BytesIO(content), name, len(content))

    def _add(self, file: IO[bytes], name: str, size_bytes: int) -> Member:
        entry = tarfile.TarInfo(name)
        # Of a log that is being written, what was there when it was opened.
        entry.size = size_bytes
        entry.mode = 0o600
        entry.mtime = int(time.time())
        digest = hashlib.sha256()
        self._archive.addfile(entry, cast("IO[bytes]", _Seen(file, digest.update)))
        member = Member(name=name, sha256=digest.hexdigest(), size_bytes=size_bytes)
        self.members.append(member)
        return member


class _Seen:
    """A file whose bytes are also shown to somebody else while they are read."""

    def __init__(self, file: IO[bytes], show: Callable[[bytes], None]) -> None:
        self._file = file
        self._show = show

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._show(chunk)
        return chunk


def _add_database(writer: _Writer, connection: Connection, settings: Settings) -> str:
    """Dump the very moment in which `connection` reads the rows, and tell its schema version."""
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    schema_version = schema.find_version(connection)
    assert schema_version is not None, "An instance is migrated before it is reached."
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.data) as folder:
        dumped = Path(folder) / DATABASE
        dumps.dump(settings.database_url, dumped, snapshot=snapshot)
        writer.add(dumped, DATABASE)
    return schema_version


def _list_pointers(connection: Connection) -> list[_Pointer]:
    artifacts = connection.execute(
        select(Artifact.id, Artifact.uri, Artifact.sha256, Artifact.size_bytes)
        .where(Artifact.released_at.is_(None), Artifact.erased_at.is_(None))
        .order_by(Artifact.id)
    )
    logs = connection.execute(
        select(Job.id, Job.log_uri).where(Job.log_uri.is_not(None)).order_by(Job.id)
    )
    return [
        *(_Pointer("artifacts", row.id, row.uri, row.sha256, row.size_bytes) for row in artifacts),
        *(_Pointer("jobs", row.id, row.log_uri) for row in logs),
    ]


def _add_item(
    writer: _Writer, pointer: _Pointer, settings: Settings, *, with_artifacts: bool
) -> Item:
    path = _place(pointer, settings)
    state: Literal["held", "left out", "missing"] = "left out"
    if with_artifacts:
        try:
            with storage.local_copy(pointer.uri) as local:
                _add_tree(writer, local, f"{ITEMS}/{unquote(path)}")
            state = "held"
        except FileMissing:
            state = "missing"
    return Item(
        table=pointer.table,
        id=pointer.id,
        uri=pointer.uri,
        path=path,
        sha256=pointer.sha256,
        size_bytes=pointer.size_bytes,
        state=state,
    )


def _place(pointer: _Pointer, settings: Settings) -> str:
    """Where it lies below the root of the artifacts. What lies elsewhere moves below it."""
    root = settings.artifacts_root.rstrip("/") + "/"
    if pointer.uri.startswith(root):
        return pointer.uri.removeprefix(root)
    name = PurePosixPath(pointer.uri).name
    return f"moved/{pointer.table}/{pointer.id}/{name}"


def _add_tree(writer: _Writer, local: Path, name: str) -> None:
    if local.is_file():
        writer.add(local, name)
        return
    for path in sorted(local.rglob("*")):
        if path.is_file() and not path.is_symlink():
            writer.add(path, f"{name}/{path.relative_to(local).as_posix()}")


def _add_regions(writer: _Writer, settings: Settings) -> None:
    for path in sorted((settings.data / REGIONS).glob("*.yaml")):
        writer.add(path, f"{REGIONS}/{path.name}")
