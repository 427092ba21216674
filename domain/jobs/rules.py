"""Pure decisions about jobs: no database, no clock, no process."""

import datetime as dt
import enum
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from domain.jobs.models import JobState

PENDING = frozenset({JobState.WAITING, JobState.QUEUED})
FINISHED = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.LOST,
        JobState.BLOCKED,
    }
)
# A child cannot have its input any more once a parent is in one of these.
DEAD_ENDS = FINISHED - {JobState.SUCCEEDED}

# By then its worker has asked (SIGTERM), waited for the grace and killed: if the row still says
# running, the worker itself does not answer.
MARK_STOPPED_AFTER = dt.timedelta(seconds=15)


class Ending(enum.StrEnum):
    """How the process of an attempt ended."""

    FINISHED = "finished"  # with a result
    STOPPED = "stopped"  # as it was asked to, after saving what is needed to resume
    INVALID = "invalid"  # the specification or the data is at fault
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"  # an exception nobody foresaw
    KILLED = "killed"  # by a signal, ours or somebody else's


class Verdict(enum.StrEnum):
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"
    GIVE_BACK = "give_back"  # queued again; the attempt does not count
    TRY_AGAIN = "try_again"  # queued again; the attempt is spent
    LOSE = "lose"  # no attempt is left


def decide(
    ending: Ending, *, cancel_requested: bool, shutting_down: bool, attempts_left: int
) -> Verdict:
    """What becomes of a job whose attempt ended like this.

    Whoever would do the same work again with the same result has failed: bad input, an exception
    in the computation, too little memory. Only what happened to the process from outside is tried
    again. A result that arrived before the wish to stop is kept: the work is done.
    """
    if ending is Ending.FINISHED:
        return Verdict.SUCCEED
    if cancel_requested:
        return Verdict.CANCEL
    if ending in (Ending.INVALID, Ending.OUT_OF_MEMORY, Ending.CRASHED):
        return Verdict.FAIL
    if shutting_down:
        return Verdict.GIVE_BACK
    return Verdict.TRY_AGAIN if attempts_left > 0 else Verdict.LOSE


def can_mark_stopped(
    state: str, cancel_requested_at: dt.datetime | None, *, now: dt.datetime
) -> bool:
    return (
        state == JobState.RUNNING
        and cancel_requested_at is not None
        and now - cancel_requested_at >= MARK_STOPPED_AFTER
    )


def first_state(parent_states: Sequence[str]) -> JobState:
    """The state of a job whose parents are in these states."""
    if any(state in DEAD_ENDS for state in parent_states):
        return JobState.BLOCKED
    if all(state == JobState.SUCCEEDED for state in parent_states):
        return JobState.QUEUED
    return JobState.WAITING


def digest_result(result: Mapping[str, Any], artifact_digests: Sequence[str]) -> str:
    """What a finished job hands on, as one digest: the input of the jobs that follow."""
    text = json.dumps([result, sorted(artifact_digests)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def place_between(before: float | None, after: float) -> float | None:
    """A position between two neighbours; None when they stand too close for a number between."""
    if before is None:
        return after - 1
    middle = (before + after) / 2
    return middle if before < middle < after else None


def progress_interval_s(age_s: float) -> float:
    """How often progress is stored: twice a second at first, every 5 s after ten minutes.

    A short job should look alive; a job of a day should not leave a hundred thousand events.
    """
    return min(5.0, max(0.5, age_s / 120))


def explain_out_of_memory(spec: Mapping[str, Any], detail: str) -> str:
    advice = (
        "Free memory by running fewer jobs at once, or use a machine or device with more of it."
    )
    size = spec.get("batch_size")
    if isinstance(size, int):
        advice = (
            f"The batch size was {size}; try {size // 2}."
            if size > 1
            else "The batch size was already 1; use a smaller model or resolution, "
            "or a device with more memory."
        )
    return f"Out of memory: {detail.strip().rstrip('.')}. {advice}"
