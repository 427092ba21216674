"""Runs a kind's computation in this process, on plain files, into a folder that appears whole.

What it needs to go on after a Ctrl-C or a crash lies beside that folder, under a name with a dot,
until it has succeeded: the same command takes it up, another one clears it away.
"""

import fcntl
import hashlib
import importlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.errors import Conflict
from ml import files
from ml.progress import Progress, Stopped
from specs.job import JobSpec


class FolderNotEmpty(Conflict):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            "'%(folder)s' is there already and holds something. Name another folder with --out, "
            "or remove it.",
            folder=str(folder),
        )


class FolderInUse(Conflict):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            "A new folder cannot take the place of '%(folder)s': it is the one you are in, or a "
            "disk is mounted there. Name a folder within it with --out.",
            folder=str(folder),
        )


class AlreadyAtWork(Conflict):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            "Another process is at work on '%(folder)s'. Wait for it, or name another folder with "
            "--out.",
            folder=str(folder),
        )


class StoppedOnWish(Conflict):
    def __init__(self) -> None:
        super().__init__("Stopped, as asked. The same command goes on from what it saved.")


def compute_into(
    out: Path,
    function: str,
    spec: JobSpec,
    progress: Progress,
    arguments: Mapping[str, Any],
) -> dict[str, Any]:
    """Call 'module:function' as a worker does, and put what it wrote at `out`."""
    target = out.resolve()  # where a link leads to
    _check_free(out, target)
    with _locked_work(out, target) as work:
        _prepare(work, spec, arguments)
        part = work / "out"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            result = call(
                function,
                spec,
                out_dir=part,
                state_dir=work / "state",
                progress=progress,
                **arguments,
            )
            files.sync_tree(part)
            if target.exists():
                target.rmdir()
            part.rename(target)
            shutil.rmtree(work / "state")
        except Stopped as stopped:
            raise StoppedOnWish from stopped
        finally:
            _clear_unless_saved(work)
    return result


def _check_free(out: Path, target: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderNotEmpty(out)
    if target == Path.cwd() or target.is_mount():
        raise FolderInUse(out)


def call(function: str, spec: JobSpec, **arguments: Any) -> dict[str, Any]:
    module, _, name = function.partition(":")
    result: dict[str, Any] = getattr(importlib.import_module(module), name)(spec, **arguments)
    return result


def _clear_unless_saved(work: Path) -> None:
    """Where nothing was saved to go on from, nothing stays."""
    state = work / "state"
    if not state.exists() or not any(state.iterdir()):
        shutil.rmtree(work)


@contextmanager
def _locked_work(out: Path, target: Path) -> Iterator[Path]:
    """The folder of an earlier try, or a new one. One process at a time has it."""
    work = target.with_name(f".{target.name}.unfinished")
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyAtWork(out) from error
        yield work


def _prepare(work: Path, spec: JobSpec, arguments: Mapping[str, Any]) -> None:
    """What an earlier try at exactly this has saved stays; anything else is cleared away."""
    told = json.dumps({name: str(value) for name, value in arguments.items()}, sort_keys=True)
    wish = hashlib.sha256(f"{spec.kind}\n{spec.digest()}\n{told}".encode()).hexdigest()
    mark = work / "wish"
    if mark.is_file() and mark.read_text("utf-8") == wish:
        return
    mark.unlink(missing_ok=True)
    shutil.rmtree(work / "state", ignore_errors=True)
    (work / "state").mkdir()
    mark.write_text(wish, "utf-8")
