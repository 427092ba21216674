"""The data folder: everything an instance keeps. One supervisor at a time may hold it."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Conflict, Invalid

_LOCK_PATIENCE_S = 1.0


class FolderInUse(Conflict):
    def __init__(self, path: Path) -> None:
        super().__init__(f"Another process already runs on the data folder {path}.")


class FolderUnusable(Invalid):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The data folder {path} cannot be used: {reason}.", field="data")


@dataclass(frozen=True)
class DataFolder:
    path: Path
    """Absolute."""

    @classmethod
    def at(cls, path: Path) -> "DataFolder":
        return cls(path.expanduser().resolve())

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def redis(self) -> Path:
        return self.path / "redis"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    def make(self) -> None:
        """Create what is missing, closed to everybody else."""
        others = ("artifacts", "inbox", "regions")
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.run, self.logs, self.backups, self.secrets):
                folder.mkdir(mode=0o700, exist_ok=True)
            for name in others:
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise FolderUnusable(self.path, error.strerror or str(error)) from error

    def secret(self, name: str) -> str:
        """A secret of this instance, made up when it is first asked for."""
        file = self.secrets / name
        if not file.exists():
            unfinished = file.with_suffix(".new")
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(32))
            unfinished.rename(file)
        return file.read_text().strip()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone. The kernel lets go when this process ends, however it ends."""
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + _LOCK_PATIENCE_S
            while not _try_lock(descriptor):
                # `is_held` takes the lock for an instant: that is no reason to give up.
                if time.monotonic() > deadline:
                    raise FolderInUse(self.path)
                time.sleep(0.02)
            yield
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Whether a living process holds the folder: the one exact sign of a running instance."""
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise FolderUnusable(self.path, error.strerror or str(error)) from error
        try:
            return not _try_lock(descriptor)
        finally:
            os.close(descriptor)

    @property
    def _lock_file(self) -> Path:
        return self.run / "supervisor.lock"


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
