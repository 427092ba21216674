"""Bytes at file:// and s3:// addresses. Knows no rows.

What is published appears whole or not at all: on a disk it is synced under another name and
renamed; in S3, where folders do not exist, readers go by the row, which is written last.
S3's address and keys come from the usual AWS_* environment.
"""

import contextlib
import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import fsspec

from domain.artifacts import errors


def join(uri: str, *parts: str) -> str:
    return "/".join([uri.rstrip("/"), *parts])


def find_local(uri: str) -> Path | None:
    """The path of a file:// address; None for one that is not on this machine's disks."""
    split = urlsplit(uri)
    if split.scheme == "file":
        return Path(unquote(split.path))
    if split.scheme == "s3":
        return None
    raise errors.SchemeNotSupported(uri)


def _get_local(uri: str) -> Path:
    local = find_local(uri)
    assert local is not None, "Only called for addresses on a disk."
    return local


@contextlib.contextmanager
def _s3(uri: str) -> Iterator[Any]:
    """A file system without listings from memory: other machines write here too."""
    try:
        yield fsspec.filesystem("s3", use_listings_cache=False)
    except FileNotFoundError as error:
        raise errors.FileMissing(uri) from error
    except _list_s3_errors() as error:
        raise errors.StorageAway(uri, str(error)) from error


def _list_s3_errors() -> tuple[type[Exception], ...]:
    """Looked up when something was raised: loading boto costs most of a second."""
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above
    except ImportError:
        return (OSError, ImportError)
    return (OSError, BotoCoreError, ClientError)


def make_staging(root_uri: str, spare: Path, name: str) -> Path:
    """An empty folder from which publishing is a rename: beside the artifacts where they are on
    a disk, else below `spare`.
    """
    local = find_local(root_uri)
    folder = (local / ".staging" if local else spare) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def sync(path: Path) -> None:
    """Down to the disk: the file, or the folder with everything in it."""
    inside = [path, *path.rglob("*")] if path.is_dir() else [path]
    for each in inside:
        if not each.is_symlink():
            _sync_one(each)


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish_folder(local: Path, uri: str) -> None:
    """Move a folder to its address, where nothing may be yet."""
    if find_local(uri) is not None:
        _publish_local(local, uri)
        return
    with _s3(uri) as files:
        if files.find(uri):
            raise errors.AlreadyPublished(uri)
        files.put(f"{local}/", f"{uri.rstrip('/')}/", recursive=True)
    shutil.rmtree(local)


def publish_file(local: Path, uri: str) -> None:
    """Move a file to its address, where nothing may be yet."""
    if find_local(uri) is not None:
        _publish_local(local, uri)
        return
    with _s3(uri) as files:
        if files.exists(uri):
            raise errors.AlreadyPublished(uri)
        files.put_file(str(local), uri)
    local.unlink()


def _publish_local(local: Path, uri: str) -> None:
    target = _get_local(uri)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        raise errors.AlreadyPublished(uri)
    sync(local)
    try:
        local.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_between_disks(local, target)
    _sync_one(target.parent)


def _move_between_disks(local: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    if local.is_dir():
        shutil.copytree(local, beside, symlinks=True)
        shutil.rmtree(local)
    else:
        shutil.copy2(local, beside)
        local.unlink()
    sync(beside)
    beside.rename(target)


@contextlib.contextmanager
def open_read(uri: str) -> Iterator[IO[bytes]]:
    local = find_local(uri)
    if local is None:
        with _s3(uri) as files, files.open(uri, "rb") as file:
            yield file
        return
    try:
        file = local.open("rb")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise errors.FileMissing(uri) from error
    with file:
        yield file


@contextlib.contextmanager
def local_copy(uri: str) -> Iterator[Path]:
    """A path to read from: the file or folder itself where it is on a disk, else a copy that is
    gone afterwards.
    """
    local = find_local(uri)
    if local is not None:
        if not local.exists():
            raise errors.FileMissing(uri)
        yield local
        return
    with tempfile.TemporaryDirectory(prefix="ggez-") as folder:
        target = Path(folder) / uri.rstrip("/").rpartition("/")[2]
        _download(uri, target)
        yield target


def fetch(uri: str, into: Path) -> Path:
    """A path to read from for as long as somebody needs it: the file or folder itself where it is
    on a disk, else a copy below `into`, whole or not at all; the one that is there serves again.
    """
    local = find_local(uri)
    if local is not None:
        if not local.exists():
            raise errors.FileMissing(uri)
        return local
    target = into / uri.rstrip("/").rpartition("/")[2]
    if not target.exists():
        partial = target.with_name(f"{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        into.mkdir(parents=True, exist_ok=True)
        _download(uri, partial)
        partial.rename(target)
    return target


def _download(uri: str, target: Path) -> None:
    with _s3(uri) as files:
        if files.isfile(uri):
            files.get_file(uri, str(target))
        elif files.exists(uri):
            files.get(f"{uri.rstrip('/')}/", f"{target}/", recursive=True)
        else:
            raise errors.FileMissing(uri)


def exists(uri: str) -> bool:
    local = find_local(uri)
    if local is not None:
        return local.exists()
    with _s3(uri) as files:
        return bool(files.exists(uri))


def list_names(uri: str) -> list[str]:
    """The names directly below an address; nothing when nothing is there."""
    local = find_local(uri)
    if local is not None:
        return sorted(each.name for each in local.iterdir()) if local.is_dir() else []
    with _s3(uri) as files:
        found = files.ls(uri, detail=False) if files.exists(uri) else []
    return sorted({str(each).rstrip("/").rpartition("/")[2] for each in found})


def delete(uri: str) -> None:
    """Remove a file or folder; nothing there is fine."""
    local = find_local(uri)
    if local is None:
        with contextlib.suppress(errors.FileMissing), _s3(uri) as files:
            files.rm(uri, recursive=True)
    elif local.is_dir() and not local.is_symlink():
        shutil.rmtree(local, ignore_errors=True)
    else:
        local.unlink(missing_ok=True)
