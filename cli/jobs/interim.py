"""Redis and one worker for the duration of a command, where nothing else runs on the data folder.

They belong to the command: nothing is left when it ends, however it ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cli import database
from cli.jobs import ringing
from cli.machine import children, services
from cli.machine.folder import DataFolder
from cli.machine.logs import LogRelay
from cli.machine.supervisor import Supervisor
from domain.errors import Unavailable
from domain.jobs import claim, queue
from domain.settings import Settings

_TEND_EVERY_S = 5.0


class _Unheard(LogRelay):
    """Everything goes to the log files; stdout is for the command's answer."""

    def say(self, sentence: str) -> None: ...


class Interim:
    def __init__(self, supervisor: Supervisor, folder: DataFolder, settings: Settings) -> None:
        self.settings = settings
        self._supervisor = supervisor
        self._folder = folder

    def work(self, until: Callable[[], bool]) -> bool:
        """Run a worker until this holds (True) or somebody presses Ctrl-C (False)."""
        environment = children.make_environment(
            data=str(self._folder.path),
            database_url=self.settings.database_url,
            redis_url=self.settings.redis_url,
        )
        self._supervisor.add(children.plan_worker(self._folder, environment))
        tended_at = time.monotonic()

        def is_done() -> bool:
            nonlocal tended_at
            if until():
                return True
            if time.monotonic() - tended_at > _TEND_EVERY_S:
                tended_at = time.monotonic()
                self._tend()
            return False

        return self._supervisor.run(until=is_done)

    def _tend(self) -> None:
        """What beat does where there is one."""
        # A server that was killed is being started again: the next turn finds it.
        with suppress(Unavailable):
            with ringing.unit_of_work(self.settings) as session:
                claim.reap(session)
                names = claim.list_queues_to_ring(session)
            queue.ring_unheard(self.settings.redis_url, names)


@contextmanager
def running(data: Path) -> Iterator[Interim]:
    """PostgreSQL and Redis; the worker starts with `work`."""
    folder = DataFolder.at(data)
    folder.make()
    with folder.held():
        supervisor = Supervisor(_Unheard(folder.logs, echo=False))
        try:
            addresses = services.start(supervisor, folder)
            database.check_version(folder, addresses.database_url)
            settings = Settings(
                data=folder.path,
                database_url=addresses.database_url,
                redis_url=addresses.redis_url,
            )
            yield Interim(supervisor, folder, settings)
        finally:
            supervisor.stop()
