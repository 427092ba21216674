"""`ggez jobs cancel`, `retry`, `clone` and the others: what one may wish for a job."""

import uuid
from pathlib import Path

import click

from cli import database
from cli.jobs import facts, options, ringing
from cli.options import data_option, json_option
from cli.terminal import output
from domain.jobs import order
from domain.jobs import service as jobs
from domain.jobs.models import Job, JobState
from domain.launches import service as launches
from domain.settings import Settings
from specs import registry

_EXAMPLE_ID = "0199a2b4-6f7c-7d31-8a55-3f0c5b9d1e77"
_job_argument = click.argument("job_id", type=click.UUID)


@click.command(epilog=f"Example: ggez jobs cancel {_EXAMPLE_ID}")
@_job_argument
@data_option
@json_option
def cancel(*, job_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Ask a job to stop.

    One that has not started is cancelled at once. A running one saves what it needs to be resumed
    and is ended by force if that takes too long.
    """
    with ringing.reach(data) as session:
        job = jobs.request_cancel(session, job_id)
        ringing.note(session, "cancel", job)
    sentence = f"Job {job.id} is cancelled."
    if job.state == JobState.RUNNING:
        sentence = f"Job {job.id} was asked to stop; 'ggez jobs show {job.id}' says when it has."
    _answer(job, sentence, as_json=as_json)


@click.command("mark-stopped", epilog=f"Example: ggez jobs mark-stopped {_EXAMPLE_ID}")
@_job_argument
@data_option
@json_option
def mark_stopped(*, job_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Close a cancelled job whose worker does not answer.

    Should the worker come back, it cannot publish what it has.
    """
    with ringing.reach(data) as session:
        job = jobs.mark_stopped(session, job_id)
        ringing.note(session, "mark_stopped", job)
    _answer(job, f"Job {job.id} is cancelled.", as_json=as_json)


@click.command(epilog=f"Example: ggez jobs retry {_EXAMPLE_ID}")
@_job_argument
@data_option
@json_option
def retry(*, job_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Run a job that did not succeed, from the start. Jobs that it blocked wait again."""
    with ringing.reach(data) as session:
        job = jobs.retry(session, job_id)
        ringing.note(session, "retry", job)
    _answer(job, f"Job {job.id} is {job.state} again.", as_json=as_json)


@click.command(epilog=f"Example: ggez jobs resume {_EXAMPLE_ID}")
@_job_argument
@data_option
@json_option
def resume(*, job_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Run a stopped job on from what it saved."""
    with ringing.reach(data) as session:
        job = jobs.resume(session, job_id)
        ringing.note(session, "resume", job)
    _answer(job, f"Job {job.id} is {job.state} again.", as_json=as_json)


@click.command(epilog=f"Example: ggez jobs clone {_EXAMPLE_ID} --set disk_mb=16")
@_job_argument
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="A field that is different in the new job; may be repeated.",
)
@data_option
@json_option
def clone(*, job_id: uuid.UUID, changes: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Make a new job like this one, perhaps changed. It computes even if nothing is changed."""
    registry.load_modules(Settings().kind_modules)
    with database.reach(data) as settings, ringing.unit_of_work(settings) as session:
        spec_type = registry.find_spec(jobs.get(session, job_id).kind)
        wanted = options.read_changes(spec_type, changes)
        made = launches.clone(session, job_id, settings, actor=None, changes=wanted)
    _answer(made, f"Job {made.id} is {made.state}, a clone of {job_id}.", as_json=as_json)


@click.command(epilog=f"Example: ggez jobs priority {_EXAMPLE_ID} 10")
@_job_argument
@click.argument("number", type=options.PRIORITY)
@data_option
@json_option
def priority(*, job_id: uuid.UUID, number: int, data: Path, as_json: bool) -> None:
    """Let a job start earlier or later. Lower numbers start first; 100 is usual."""
    with ringing.reach(data) as session:
        job = order.set_priority(session, job_id, number)
        ringing.note(session, "set_priority", job)
    _answer(job, f"Job {job.id} has priority {job.priority}.", as_json=as_json)


@click.command(epilog=f"Example: ggez jobs move {_EXAMPLE_ID} --last")
@_job_argument
@click.option("--before", type=click.UUID, help="The job that it shall start before.")
@click.option("--last", is_flag=True, help="To the end of its priority.")
@data_option
@json_option
def move(
    *, job_id: uuid.UUID, before: uuid.UUID | None, last: bool, data: Path, as_json: bool
) -> None:
    """Give a job another place in the queue."""
    if last is (before is not None):
        raise click.UsageError("Say either --before ID or --last.")
    with ringing.reach(data) as session:
        job = order.move(session, job_id, before=before)
        ringing.note(session, "move", job)
    place = "last of its priority" if before is None else f"before job {before}"
    _answer(job, f"Job {job.id} stands {place}.", as_json=as_json)


def _answer(job: Job, sentence: str, *, as_json: bool) -> None:
    if as_json:
        output.print_json(facts.describe(job))
    else:
        click.echo(sentence)
