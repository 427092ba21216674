"""`ggez jobs list`, `queue` and `show`: what there is, what is next, and everything about one."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli import database
from cli.jobs import facts
from cli.options import data_option, json_option
from cli.terminal import output
from domain.jobs import queries
from domain.jobs import service as jobs
from domain.jobs.models import Job, JobState

_EVENT_HEADER = ("NUMBER", "AT", "EVENT", "DETAILS")


@click.command("list", epilog="Example: ggez jobs list --state running --state queued")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in JobState]),
    help="Only jobs in this state; may be repeated.",
)
@click.option("--kind", help="Only jobs of this kind, such as system.check.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@click.option("--before", type=click.UUID, help="Go on after this id, the last one of a list.")
@data_option
@json_option
def list_(
    *,
    states: tuple[str, ...],
    kind: str | None,
    limit: int,
    before: uuid.UUID | None,
    data: Path,
    as_json: bool,
) -> None:
    """List jobs, the newest first."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        found = queries.list_jobs(
            session,
            states=states or None,
            kinds=[kind] if kind else None,
            limit=limit,
            before=before,
        )
        _print_jobs(found, as_json=as_json)


@click.command(epilog="Example: ggez jobs queue --name gpu")
@click.option("--name", help="Only this queue, such as cpu or gpu.")
@data_option
@json_option
def queue(*, name: str | None, data: Path, as_json: bool) -> None:
    """List jobs that have not started, the next one first."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        _print_jobs(queries.list_queue(session, name), as_json=as_json)


@click.command(epilog="Example: ggez jobs show 0199a2b4-6f7c-7d31-8a55-3f0c5b9d1e77 --json")
@click.argument("job_id", type=click.UUID)
@data_option
@json_option
def show(*, job_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Show all that is known about a job."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        found = facts.describe_fully(session, jobs.get(session, job_id))
    if as_json:
        output.print_json(found)
        return
    events: list[dict[str, Any]] = found.pop("events")
    found["progress"] = facts.describe_progress(found["progress"])
    output.print_facts(found)
    click.echo()
    rows = [[event["number"], event["at"], event["kind"], event["data"]] for event in events]
    output.print_table(_EVENT_HEADER, rows)


def _print_jobs(found: Sequence[Job], *, as_json: bool) -> None:
    if as_json:
        output.print_items([facts.describe(job) for job in found])
        return
    rows = [
        [job.id, job.kind, job.state, job.queue, job.priority, job.created_at, _last_word(job)]
        for job in found
    ]
    output.print_table(("ID", "KIND", "STATE", "QUEUE", "PRIORITY", "CREATED", "LAST WORD"), rows)


def _last_word(job: Job) -> str:
    if job.error is not None:
        return str(job.error.get("message", ""))
    return facts.describe_progress(job.progress)
