"""`ggez jobs logs`: what the process of a job's last attempt wrote."""

import uuid
from pathlib import Path

import click

from cli import database
from cli.jobs import waiting
from cli.options import data_option, json_option
from cli.terminal import output
from domain.artifacts import storage
from domain.artifacts.errors import FileMissing
from domain.errors import NotFound
from domain.jobs import rules
from domain.jobs import service as jobs
from domain.settings import Settings

_LOOK_EVERY_S = 0.5


class NothingWritten(NotFound):
    def __init__(self, job_id: uuid.UUID, state: str) -> None:
        super().__init__(
            f"Job {job_id} is {state} and has no log: it has not started, or its log was deleted."
        )


@click.command(epilog="Example: ggez jobs logs 0199a2b4-6f7c-7d31-8a55-3f0c5b9d1e77 --follow")
@click.argument("job_id", type=click.UUID)
@click.option("--follow", is_flag=True, help="Go on printing until the job has ended.")
@data_option
@json_option
def logs(*, job_id: uuid.UUID, follow: bool, data: Path, as_json: bool) -> None:
    """Print what a job's process wrote."""
    if follow and as_json:
        raise click.UsageError("A log that is followed has no end to put into JSON.")
    with database.reach(data) as settings:
        reader = _Reader(settings, job_id)
        reader.look()
        text = reader.read_on()
        if as_json:
            log = text.decode(errors="replace")
            output.print_json({"id": job_id, "attempt": reader.attempt, "log": log})
            return
        if not reader.has_log and not follow:
            raise NothingWritten(job_id, reader.state)
        _print(text)
        if follow:
            _follow(reader)


def _follow(reader: "_Reader") -> None:
    with waiting.noting_ctrl_c() as pressed:
        while not reader.has_ended:
            if pressed.wait(_LOOK_EVERY_S):
                raise click.exceptions.Exit(waiting.INTERRUPTED)
            # Whether it has ended is read before the log: nothing is written after that.
            reader.look()
            _print(reader.read_on())


class _Reader:
    """Remembers how far it has read; a new attempt writes a new log."""

    def __init__(self, settings: Settings, job_id: uuid.UUID) -> None:
        self._settings = settings
        self._job_id = job_id
        self._uri: str | None = None
        self._token = 0
        self._offset = 0
        self.has_log = self.has_ended = False
        self.attempt = 0
        self.state = ""

    def look(self) -> None:
        with database.unit_of_work(self._settings) as session:
            job = jobs.get(session, self._job_id)
            self._uri, self.attempt, self.state = job.log_uri, job.attempt, job.state
            self.has_ended = job.state in rules.FINISHED
            if job.fencing_token != self._token:
                self._token, self._offset = job.fencing_token, 0

    def read_on(self) -> bytes:
        if self._uri is None:
            return b""
        try:
            with storage.open_read(self._uri) as file:
                file.seek(self._offset)
                text = file.read()
        except FileMissing:
            return b""
        self.has_log = True
        self._offset += len(text)
        return text


def _print(text: bytes) -> None:
    click.echo(text, nl=False)
