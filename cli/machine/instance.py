"""What is known about the instance that runs on a data folder: run/instance.json.

The file alone proves nothing: after a kill -9 it lies about the dead. The lock on the folder tells
whether somebody lives; the file then tells where. It holds passwords, hence mode 600.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from cli.machine.folder import DataFolder

# The clock may be set between two readings of when a process started.
_CLOCK_TOLERANCE_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Instance:
    pid: int
    started_at: float
    """When the process `pid` started, in seconds since 1970: numbers of processes come again."""
    port: int
    base_url: str
    database_url: str
    redis_url: str
    ready: bool = False
    processes: dict[str, int] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)


def write(folder: DataFolder, instance: Instance) -> None:
    unfinished = _file(folder).with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(instance), file, indent=2)
    unfinished.rename(_file(folder))


def remove(folder: DataFolder) -> None:
    _file(folder).unlink(missing_ok=True)


def find_running(folder: DataFolder) -> Instance | None:
    """The living instance of this folder. None also while it has not yet said where it is."""
    if not folder.is_held():
        return None
    try:
        found = Instance(**json.loads(_file(folder).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if _is_alive(found) else None


def _is_alive(instance: Instance) -> bool:
    try:
        started_at = psutil.Process(instance.pid).create_time()
    except psutil.NoSuchProcess:
        return False
    return abs(started_at - instance.started_at) < _CLOCK_TOLERANCE_S


def _file(folder: DataFolder) -> Path:
    return folder.run / "instance.json"
