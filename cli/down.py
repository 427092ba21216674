"""`ggez down`: stop what `ggez up` started, and wait until it is gone."""

import os
import signal
import time
from pathlib import Path

import click
import psutil

from cli.machine import instance
from cli.machine.folder import DataFolder
from cli.options import data_option
from domain.errors import Unavailable

# Workers may take a minute to write checkpoints, PostgreSQL another one to write its buffers out.
_PATIENCE_S = 180.0
_STARTING_PATIENCE_S = 30.0


class DoesNotStop(Unavailable):
    def __init__(self, pid: int) -> None:
        super().__init__(
            f"GG-EZ (process {pid}) is still stopping after {_PATIENCE_S:.0f} s. 'kill -9 {pid}' "
            "ends it and everything it started; nothing that was saved is lost."
        )


class NotYetKnown(Unavailable):
    def __init__(self, folder: DataFolder) -> None:
        super().__init__(
            f"A process holds the data folder {folder.path} but has not said which one it is; "
            "if it is a command such as 'ggez backup', let it finish."
        )


@click.command(epilog="Example: ggez down --data ./var")
@data_option
def down(*, data: Path) -> None:
    """Stop what `ggez up` started on this data folder. Running jobs write a checkpoint first."""
    folder = DataFolder.at(data)
    pid = _find_supervisor(folder)
    if pid is None:
        click.echo(f"Nothing runs on the data folder {folder.path}.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_S
    while folder.is_held() or _lives(pid):
        if time.monotonic() > deadline:
            raise DoesNotStop(pid)
        time.sleep(0.1)
    click.echo(f"GG-EZ has stopped (data folder {folder.path}).")


def _find_supervisor(folder: DataFolder) -> int | None:
    """One that is just starting has not written down who it is: wait for that."""
    deadline = time.monotonic() + _STARTING_PATIENCE_S
    while folder.is_held():
        running = instance.find_running(folder)
        if running is not None:
            return running.pid
        if time.monotonic() > deadline:
            raise NotYetKnown(folder)
        time.sleep(0.1)
    return None


def _lives(pid: int) -> bool:
    """A dead one whose parent has not looked yet does not count: some containers never look."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
