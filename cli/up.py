"""`ggez up`: one supervisor for everything on this machine, in the foreground or detached."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import psutil
from sqlalchemy.orm import Session

from cli import database
from cli.errors import BadInput, Failure
from cli.machine import children, instance, services, upgrade
from cli.machine.folder import DataFolder, FolderInUse
from cli.machine.instance import Instance
from cli.machine.logs import LogRelay
from cli.machine.supervisor import Member, Supervisor, describe
from cli.options import data_option
from domain.errors import Unavailable
from domain.settings import Settings
from domain.shipped import service as shipped
from domain.users import queries as people
from domain.users import service as users
from sandbox import assets, entries

_READY_WITHIN_S = 180.0
_KNOWN_WITHIN_S = 15.0
_MAX_FIRST_RESTARTS = 3


class NotReady(Unavailable):
    def __init__(self, reason: str, folder: DataFolder) -> None:
        super().__init__(f"GG-EZ did not become ready: {reason} The logs are in {folder.logs}.")


@dataclass(frozen=True, kw_only=True)
class Wish:
    folder: DataFolder
    host: str
    port: int


@click.command(epilog="Example: ggez up --data ./var --port 8000")
@click.option("--port", default=8000, show_default=True, type=int, help="0: any free port.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. 0.0.0.0 lets other devices in; then set GGEZ_BASE_URL too.",
)
@data_option
@click.option("--detach", is_flag=True, help="Return once it is ready; 'ggez down' stops it.")
@click.option("--in-background", is_flag=True, hidden=True, help="The far side of --detach.")
def up(*, port: int, host: str, data: Path, detach: bool, in_background: bool) -> None:
    """Start everything on this machine and print where it is.

    PostgreSQL, Redis, web, workers and beat start together; Ctrl-C stops them together. In a data
    folder where it runs already, this says where.
    """
    wish = Wish(folder=DataFolder.at(data), host=host, port=port)
    wish.folder.make()
    try:
        if detach:
            _start_in_background(wish)
        else:
            _run(wish, quiet=in_background)
    except FolderInUse:
        _say_where(wish.folder)


@dataclass
class _Record:
    """Keeps run/instance.json true while processes come and go."""

    folder: DataFolder
    current: Instance

    def note(self, members: Sequence[Member]) -> None:
        processes, restarts = describe(members)
        self._write(replace(self.current, processes=processes, restarts=restarts))

    def note_ready(self) -> None:
        self._write(replace(self.current, ready=True))

    def _write(self, changed: Instance) -> None:
        self.current = changed
        instance.write(self.folder, changed)


def _run(wish: Wish, *, quiet: bool) -> None:
    folder = wish.folder
    with folder.held(), children.open_port(wish.host, wish.port) as listening:
        instance.remove(folder)
        supervisor = Supervisor(LogRelay(folder.logs, echo=not quiet))
        try:
            record = _start_everything(supervisor, wish, listening)
            if supervisor.run(until=_Readiness(supervisor, wish, record.current.port)):
                record.note_ready()
                if not quiet:
                    click.echo(_welcome(folder, record.current))
                supervisor.run()
        finally:
            supervisor.stop()
            instance.remove(folder)


def _start_everything(supervisor: Supervisor, wish: Wish, listening: socket.socket) -> _Record:
    folder = wish.folder
    addresses = services.start(supervisor, folder)
    port: int = listening.getsockname()[1]
    record = _Record(
        folder,
        Instance(
            pid=os.getpid(),
            started_at=psutil.Process().create_time(),
            port=port,
            base_url=os.environ.get("GGEZ_BASE_URL") or f"http://127.0.0.1:{port}",
            database_url=addresses.database_url,
            redis_url=addresses.redis_url,
        ),
    )
    record.note(supervisor.members)
    supervisor.on_change = record.note
    upgrade.bring_up_to_date(folder, addresses.database_url, supervisor.relay.say)
    _load_sandbox(folder, addresses.database_url)
    environment = children.make_environment(
        data=str(folder.path),
        database_url=addresses.database_url,
        redis_url=addresses.redis_url,
        base_url=record.current.base_url,
    )
    for member in children.plan(folder, environment, listening, num_gpus=children.count_gpus()):
        supervisor.add(member)
    return record


def _load_sandbox(folder: DataFolder, database_url: str) -> None:
    """Its models, prompts and questions are there from the first start; later it is a look."""
    settings = Settings(data=folder.path, database_url=database_url)
    with database.unit_of_work(settings) as session:
        shipped.register(session, settings, entries.list_entries())
    with database.unit_of_work(settings) as session:
        is_shipped = any(assets.has_study(each) for each in assets.STUDIES)
        if is_shipped and _wants_study(session, settings):
            # Decoding pictures is loaded once in the life of a data folder, not at every start.
            from sandbox.study import bringing  # noqa: PLC0415 - see above

            bringing.bring_all(session, settings)


def _wants_study(session: Session, settings: Settings) -> bool:
    """Unasked only where nobody has been yet: a server that a team shares gets no study that they
    did not make. Before the first start is over there are no people.
    """
    if settings.sandbox_study != "auto":
        return settings.sandbox_study == "yes"
    return not services.given_database_url() and not people.count_people(session)


class _Readiness:
    """Asks /readyz until it answers 200; gives up when the web keeps dying, or after a while."""

    def __init__(self, supervisor: Supervisor, wish: Wish, port: int) -> None:
        self._supervisor = supervisor
        self._folder = wish.folder
        self._host = "::1" if ":" in wish.host else "127.0.0.1"
        self._port = port
        self._deadline = time.monotonic() + _READY_WITHIN_S
        self._last_answer = "nothing has answered yet."

    def __call__(self) -> bool:
        dying = [m.name for m in self._supervisor.members if m.restarts > _MAX_FIRST_RESTARTS]
        if dying:
            words = self._supervisor.relay.find_last_words(dying[0])
            raise NotReady(f"{', '.join(dying)} ended again and again ({words}).", self._folder)
        if time.monotonic() > self._deadline:
            raise NotReady(self._last_answer, self._folder)
        connection = http.client.HTTPConnection(self._host, self._port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._last_answer = f"/readyz does not answer ({error})."
            return False
        finally:
            connection.close()
        self._last_answer = f"/readyz answers {answer.status}: {body}"
        return answer.status == http.HTTPStatus.OK


def _welcome(folder: DataFolder, running: Instance) -> str:
    """The one line that ends the start. Its link lets the first admin in, once."""
    settings = Settings(
        data=folder.path, database_url=running.database_url, redis_url=running.redis_url
    )
    with database.unit_of_work(settings) as session:
        admin = users.ensure_first_admin(session)
        link = f"{running.base_url}/sign-in/{users.create_sign_in_link(session, admin)}"
        email = admin.email
    return f"GG-EZ is ready at {running.base_url} - sign in once as {email}: {link}"


def _say_where(folder: DataFolder) -> None:
    """A start of this moment has not written down where it is; a command never will."""
    deadline = time.monotonic() + _KNOWN_WITHIN_S
    while (running := instance.find_running(folder)) is None:
        if time.monotonic() > deadline:
            raise FolderInUse(folder.path)
        time.sleep(0.1)
    state = "already running" if running.ready else "already being started"
    click.echo(f"GG-EZ is {state} at {running.base_url} (data folder {folder.path}).")


def _start_in_background(wish: Wish) -> None:
    folder = wish.folder
    if folder.is_held():
        raise FolderInUse(folder.path)
    words = ["--port", str(wish.port), "--host", wish.host, "--data", str(folder.path)]
    log_path = folder.logs / "up.log"
    with log_path.open("ab") as log:
        said_before = log.tell()
        child = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--in-background", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=children.make_environment(),
            start_new_session=True,
        )
    try:
        running = _wait_for_background(child, folder)
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    if running is None and child.returncode == 0:  # another one was faster
        _say_where(folder)
        return
    if running is None:
        last_line = log_path.read_bytes()[said_before:].decode(errors="replace").strip()
        kind = BadInput if child.returncode == BadInput.exit_code else Failure
        raise kind(last_line.rpartition("\n")[2] or "GG-EZ did not start.")
    click.echo(_welcome(folder, running))


def _wait_for_background(child: subprocess.Popen[bytes], folder: DataFolder) -> Instance | None:
    """Until it is ready; None when it ended before."""
    while child.poll() is None:
        running = instance.find_running(folder)
        if running is not None and running.ready:
            return running
        time.sleep(0.1)
    return None
