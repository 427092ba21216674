"""What `ggez jobs run` does with a wish: queue it, and perhaps wait for its end."""

import uuid
from collections.abc import Callable
from typing import Any

import click

from cli import database
from cli.errors import Failure
from cli.jobs import interim, ringing, waiting
from cli.jobs.run import Wish
from cli.jobs.waiting import Watch
from cli.machine import instance, services
from cli.machine.folder import DataFolder
from cli.terminal import output
from domain.jobs import queries
from domain.jobs.models import JobState
from domain.jobs.service import Enqueued
from domain.launches import service as launches
from domain.settings import Settings


def _enqueue(wish: Wish, settings: Settings) -> Enqueued:
    with ringing.unit_of_work(settings) as session:
        return launches.launch(
            session, wish.spec, settings, actor=None, priority=wish.priority, fresh=wish.fresh
        )


def enqueue(wish: Wish) -> None:
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


def enqueue_and_wait(wish: Wish) -> None:
    if _is_served(wish):
        with database.reach(wish.data) as settings:
            _wait(wish, settings, _wait_for_others, _say_goes_on)
        return
    with interim.running(wish.data) as own:
        _wait(wish, own.settings, lambda watch: own.work(until=watch.look), _say_put_back)


def _is_served(wish: Wish) -> bool:
    """Whether somebody else's workers will do it: those of `ggez up`, or of a cluster."""
    if instance.find_running(DataFolder.at(wish.data)) is not None:
        return True
    if not (services.given_database_url() and services.given_redis_url()):
        return False
    with database.reach(wish.data) as settings, database.unit_of_work(settings) as session:
        workers = queries.list_workers(session)
        return any(wish.spec.find_queue() in worker.queues for worker in workers)


def _wait(
    wish: Wish,
    settings: Settings,
    work: Callable[[Watch], bool],
    say_interrupted: Callable[[Wish, uuid.UUID], str],
) -> None:
    """`work` returns whether the job has ended; else somebody pressed Ctrl-C."""
    enqueued = _enqueue(wish, settings)
    job_id = enqueued.job.id
    with waiting.watching(settings, job_id, silent=wish.as_json) as watch:
        has_ended = enqueued.reused or work(watch)
        facts = watch.describe() | {"reused": enqueued.reused}
    if wish.as_json:
        output.print_json(facts)
    if not has_ended:
        click.echo(say_interrupted(wish, job_id), err=True)
        raise click.exceptions.Exit(waiting.INTERRUPTED)
    if facts["state"] != JobState.SUCCEEDED:
        raise Failure(_say_not_succeeded(facts))
    if not wish.as_json:
        click.echo(_say_reused(job_id) if enqueued.reused else f"Job {job_id} has succeeded.")
        output.print_facts(facts["result"] or {})


def _wait_for_others(watch: Watch) -> bool:
    if not watch.is_served():
        watch.say("No worker serves this queue at the moment; the job waits for one.")
    return watch.look_until_ended()


def _say_reused(job_id: uuid.UUID) -> str:
    return f"Job {job_id} did exactly this before; here is its result (--fresh computes again)."


def _say_goes_on(wish: Wish, job_id: uuid.UUID) -> str:
    return f"Job {job_id} goes on; 'ggez jobs cancel {job_id} --data {wish.data}' cancels it."


def _say_put_back(_wish: Wish, job_id: uuid.UUID) -> str:
    return f"Job {job_id} has not ended; it goes on at the next 'ggez up'."


def _say_not_succeeded(facts: dict[str, Any]) -> str:
    reason = " ".join(str((facts["error"] or {}).get("message", "")).split())
    return f"Job {facts['id']} has not succeeded, it is {facts['state']}" + (
        f": {reason}" if reason else "."
    )
