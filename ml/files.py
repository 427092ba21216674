"""Files that appear whole or not at all: written beside their place, synced, and renamed.

A disk that fills up, a crash or a signal leaves nothing under the name that others read. What was
half written lies under a name with a dot, and is removed as soon as somebody can.
"""

import contextlib
import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file at `path`, or make it; its mode is what the umask says."""
    part = _name_part(path)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    write_text(path, f"{text}\n")


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes `path` when the block ends well and vanishes when it
    does not. There must be nothing at `path`.
    """
    part = _name_part(path)
    part.mkdir(parents=True)
    try:
        yield part
        sync_tree(part)
        part.rename(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    sync(path.parent)


def replace_folder(new: Path, path: Path) -> None:
    """Put a folder that is whole in the place of the one at `path`, if there is one. Both lie on
    one file system.
    """
    old = _name_part(path)
    with contextlib.suppress(FileNotFoundError):
        path.rename(old)
    new.rename(path)
    shutil.rmtree(old, ignore_errors=True)
    sync(path.parent)


def place(source: Path, target: Path) -> None:
    """The same file under a second name where the file system can, else a copy. A symbolic link's
    file is meant, not the link.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = source.resolve(strict=True)
    try:
        target.hardlink_to(whole)
    except OSError:  # another file system, or one without links
        shutil.copyfile(whole, target)


def measure_size(folder: Path) -> int:
    """Of all files in it, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def check_room(folder: Path, needed_bytes: int, what: str) -> None:
    """Before hours are spent on what the disk cannot hold."""
    free = shutil.disk_usage(folder).free
    if needed_bytes > free:
        raise OSError(
            errno.ENOSPC,
            f"{what} need {needed_bytes / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free",
            str(folder),
        )


def sync(path: Path) -> None:
    """Of a folder: its names survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Everything in it. What is on the disk already costs nothing."""
    for parent, _, names in os.walk(folder):
        for name in names:
            sync(Path(parent) / name)
        sync(Path(parent))


def _name_part(path: Path) -> Path:
    return path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.part")
