"""`ggez jobs`: put work into the queue, watch it, change one's mind about it."""

import click

from cli.terminal.groups import LazyGroup, Place

_PLACES = {
    "run": Place("cli.jobs.run", "run", "Put a job into the queue."),
    "list": Place("cli.jobs.look", "list_", "List jobs, the newest first."),
    "queue": Place(
        "cli.jobs.look", "queue", "List jobs that have not started, the next one first."
    ),
    "show": Place("cli.jobs.look", "show", "Show all that is known about a job."),
    "logs": Place("cli.jobs.logs", "logs", "Print what a job's process wrote."),
    "cancel": Place("cli.jobs.control", "cancel", "Ask a job to stop."),
    "mark-stopped": Place(
        "cli.jobs.control", "mark_stopped", "Close a cancelled job whose worker does not answer."
    ),
    "retry": Place("cli.jobs.control", "retry", "Run a job that did not succeed, from the start."),
    "resume": Place("cli.jobs.control", "resume", "Run a stopped job on from what it saved."),
    "clone": Place("cli.jobs.control", "clone", "Make a new job like this one, perhaps changed."),
    "priority": Place("cli.jobs.control", "priority", "Let a job start earlier or later."),
    "move": Place("cli.jobs.control", "move", "Give a job another place in the queue."),
}


@click.group(
    cls=LazyGroup, places=_PLACES, epilog="Example: ggez jobs run system.check --disk-mb 16 --wait"
)
def jobs() -> None:
    """Run jobs, watch them, and change the queue."""
