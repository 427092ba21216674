"""Start a server that ends when we end, also when we are killed with -9.

The kernel does it (`prctl(PR_SET_PDEATHSIG)`), so there is no watcher that could be killed too. It
watches the starting THREAD: start servers from the main thread only.

A running server holds a lock file, inherited as an open descriptor by all its own children. So
"has the former one really gone?" has an exact answer, whatever process numbers say.
"""

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.errors import Conflict, Unavailable

_CHECK_EVERY_S = 0.02
# A parent that dies before the kernel is told of the wish is noticed by the shell's one line.
_UNLESS_ORPHANED = 'test "$PPID" = "$0" && exec "$@"'


class ToolMissing(Unavailable):
    def __init__(self, tool: str, package: str) -> None:
        super().__init__(
            f"The program '{tool}' is missing; it comes with the package '{package}': "
            f"apt-get install {package}."
        )


class ServerStillRunning(Conflict):
    def __init__(self, name: str, lock: Path) -> None:
        super().__init__(
            f"Another {name} still runs on this data folder (it holds {lock}). "
            "Stop it first, with 'ggez down' where it was started."
        )


class ServerDidNotStart(Unavailable):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} did not start: {reason}")


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How to start one server; `lock` tells whether a former one is gone."""

    name: str
    command: Sequence[str]
    death_signal: signal.Signals
    """What the kernel sends when we die."""
    lock: Path
    before: Sequence[str] = ()
    """Words in front of everything else: a change of user that would reset the death wish."""
    environment: Mapping[str, str] | None = None
    pass_on: Sequence[int] = ()
    """Descriptors that the server inherits under the same numbers."""
    stale: Sequence[Path] = ()
    """Files that a crash leaves behind; removed once the lock says that nobody needs them."""


def find_tool(tool: str, package: str = "util-linux") -> str:
    found = shutil.which(tool)
    if found is None:
        raise ToolMissing(tool, package)
    return found


def start(
    launch: Launch, *, output: int | IO[bytes], wait_s: float = 20
) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, so that Ctrl-C reaches us and not the server."""
    assert threading.current_thread() is threading.main_thread(), "See the module's docstring."
    lock = _take_lock(launch, wait_s)
    try:
        for path in launch.stale:
            path.unlink(missing_ok=True)
        return subprocess.Popen(
            [*launch.before, *_dying_with_us(launch.death_signal), *launch.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=launch.environment,
            pass_fds=[lock, *launch.pass_on],
            start_new_session=True,
        )
    finally:
        os.close(lock)  # from here on the server alone holds it


def _dying_with_us(death_signal: signal.Signals) -> list[str]:
    wish = f"--pdeathsig={death_signal.name.removeprefix('SIG')}"
    return [find_tool("setpriv"), wish, "sh", "-c", _UNLESS_ORPHANED, str(os.getpid())]


def _take_lock(launch: Launch, wait_s: float) -> int:
    """Wait for a former server that is on its way out, as after kill -9 of its supervisor."""
    launch.lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(launch.lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES} or time.monotonic() > deadline:
                os.close(descriptor)
                raise ServerStillRunning(launch.name, launch.lock) from error
            time.sleep(_CHECK_EVERY_S)
        else:
            return descriptor


def stop(server: subprocess.Popen[bytes], stop_signal: signal.Signals, *, grace_s: float) -> bool:
    """Ask, wait, then insist. Whether it went by being asked."""
    if server.poll() is None:
        server.send_signal(stop_signal)
    return wait(server, grace_s=grace_s)


def wait(server: subprocess.Popen[bytes], *, grace_s: float) -> bool:
    """Wait for one that has been asked to stop, then insist."""
    try:
        server.wait(grace_s)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
        return False
    return True
