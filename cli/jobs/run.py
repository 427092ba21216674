"""`ggez jobs run KIND`: one subcommand per job kind, its options made from the kind's fields."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from cli import database
from cli.errors import Failure
from cli.jobs import interim, options, ringing, waiting
from cli.jobs.waiting import Watch
from cli.machine import instance, services
from cli.machine.folder import DataFolder
from cli.options import data_option, json_option
from cli.terminal import output
from domain.datasets import service as datasets
from domain.jobs import queries
from domain.jobs import service as jobs
from domain.jobs.models import JobState
from domain.jobs.service import Enqueued
from domain.settings import Settings
from specs import registry
from specs.dataset_import import DatasetImport
from specs.job import JobSpec

_INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


@dataclass(frozen=True, kw_only=True)
class Wish:
    spec: JobSpec
    fresh: bool
    priority: int
    data: Path
    as_json: bool


class _Kinds(click.Group):
    """The kinds of the registry, also those of GGEZ_KIND_MODULES."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        registry.load_modules(Settings().kind_modules)
        return [spec_type.kind for spec_type in registry.list_specs()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        registry.load_modules(Settings().kind_modules)
        try:
            return make_command(registry.find_spec(cmd_name))
        except registry.UnknownKind as error:
            raise click.UsageError(str(error), ctx) from error


@click.group(
    cls=_Kinds,
    subcommand_metavar="KIND [OPTIONS]",
    epilog="Example: ggez jobs run system.check --spec check.yaml --disk-mb 16 --wait",
)
def run() -> None:
    """Put a job into the queue. The options are the fields of its specification."""


def make_command(spec_type: type[JobSpec]) -> click.Command:
    @click.option(
        "--spec",
        "file",
        type=click.File(encoding="utf-8"),
        metavar="FILE",
        help="Take the fields from this JSON or YAML file, '-' for stdin; options come on top.",
    )
    @click.option("--wait", is_flag=True, help="Show how it goes, and return when it has ended.")
    @click.option("--fresh", is_flag=True, help="Compute even if the same was computed before.")
    @click.option(
        "--priority",
        type=options.PRIORITY,
        default=100,
        show_default=True,
        help="Lower numbers start first.",
    )
    @data_option
    @json_option
    def command(
        *,
        file: IO[str] | None,
        wait: bool,
        fresh: bool,
        priority: int,
        data: Path,
        as_json: bool,
        **given: Any,
    ) -> None:
        values = options.read_file(file, spec_type.kind) if file else {}
        wish = Wish(
            spec=spec_type.model_validate(values | options.collect(given)),
            fresh=fresh,
            priority=priority,
            data=data,
            as_json=as_json,
        )
        _run_and_wait(wish) if wait else _enqueue_only(wish)

    made = click.command(
        spec_type.kind,
        help=f"{spec_type.label}. {spec_type.summary}",
        short_help=f"{spec_type.label}.",
        epilog=f"Example: {_example(spec_type)}",
    )(command)
    made.params[:0] = options.make(spec_type)
    return made


def _example(spec_type: type[JobSpec]) -> str:
    needs_more = any(field.is_required() for field in spec_type.model_fields.values())
    file = f" --spec {spec_type.kind.replace('.', '-')}.yaml" if needs_more else ""
    return f"ggez jobs run {spec_type.kind}{file} --wait"


def _enqueue(wish: Wish, settings: Settings) -> Enqueued:
    with ringing.unit_of_work(settings) as session:
        if isinstance(wish.spec, DatasetImport):
            # What can be said about name and source is said now, not when a worker gets to it.
            job = datasets.enqueue_import(
                session, wish.spec, settings, actor=None, priority=wish.priority
            )
            return Enqueued(job, reused=False)
        made = jobs.enqueue(
            session, wish.spec, created_by=None, priority=wish.priority, fresh=wish.fresh
        )
        if not made.reused:
            ringing.note(session, "launch", made.job)
        return made


def _enqueue_only(wish: Wish) -> None:
    with database.reach(wish.data) as settings:
        enqueued = _enqueue(wish, settings)
        job_id = enqueued.job.id
        with waiting.watching(settings, job_id, silent=True) as watch:
            facts = watch.describe() | {"reused": enqueued.reused}
    if wish.as_json:
        output.print_json(facts)
    elif enqueued.reused:
        click.echo(_say_reused(job_id))
    elif settings.redis_url:
        click.echo(f"Job {job_id} is queued.")
    else:
        click.echo(f"Job {job_id} is queued; it runs at the next 'ggez up'.")


def _run_and_wait(wish: Wish) -> None:
    if _is_served(wish):
        goes_on = f"goes on; 'ggez jobs cancel JOB --data {wish.data}' cancels it"
        with database.reach(wish.data) as settings:
            _wait(wish, settings, _wait_for_others, goes_on)
        return
    goes_on = "has not ended; it goes on at the next 'ggez up'"
    with interim.running(wish.data) as own:
        _wait(wish, own.settings, lambda watch: own.work(until=watch.look), goes_on)


def _is_served(wish: Wish) -> bool:
    """Whether somebody else's workers will do it: those of `ggez up`, or of a cluster."""
    if instance.find_running(DataFolder.at(wish.data)) is not None:
        return True
    if not (services.given_database_url() and services.given_redis_url()):
        return False
    with database.reach(wish.data) as settings, database.unit_of_work(settings) as session:
        workers = queries.list_workers(session)
        return any(wish.spec.queue in worker.queues for worker in workers)


def _wait(wish: Wish, settings: Settings, work: Callable[[Watch], bool], goes_on: str) -> None:
    """`work` returns whether the job has ended; else somebody pressed Ctrl-C, and it `goes_on`."""
    enqueued = _enqueue(wish, settings)
    job_id = enqueued.job.id
    with waiting.watching(settings, job_id, silent=wish.as_json) as watch:
        has_ended = enqueued.reused or work(watch)
        facts = watch.describe() | {"reused": enqueued.reused}
    if wish.as_json:
        output.print_json(facts)
    if not has_ended:
        click.echo(f"Job {job_id} {goes_on.replace('JOB', str(job_id))}.", err=True)
        raise click.exceptions.Exit(_INTERRUPTED)
    if facts["state"] != JobState.SUCCEEDED:
        raise Failure(_say_not_succeeded(facts))
    if not wish.as_json:
        click.echo(_say_reused(job_id) if enqueued.reused else f"Job {job_id} has succeeded.")
        output.print_facts(facts["result"] or {})


def _wait_for_others(watch: Watch) -> bool:
    if not watch.is_served():
        watch.say("No worker serves this queue at the moment; the job waits for one.")
    try:
        watch.look_until_ended()
    except KeyboardInterrupt:
        return False
    return True


def _say_reused(job_id: uuid.UUID) -> str:
    return f"Job {job_id} did exactly this before; here is its result (--fresh computes again)."


def _say_not_succeeded(facts: dict[str, Any]) -> str:
    reason = " ".join(str((facts["error"] or {}).get("message", "")).split())
    return f"Job {facts['id']} has not succeeded, it is {facts['state']}" + (
        f": {reason}" if reason else "."
    )
