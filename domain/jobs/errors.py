"""What can be wrong with a wish about a job. Each says what to do instead where there is a way."""

import uuid

from domain.errors import Conflict, Invalid, NotFound, Word


class JobNotFound(NotFound):
    def __init__(self, job_id: uuid.UUID) -> None:
        super().__init__("There is no job %(job_id)s.", job_id=job_id)


class JobAlreadyFinished(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str, wish: Word) -> None:
        super().__init__(
            "Job %(job_id)s has already ended (%(state)s); it cannot be %(wish)s.",
            job_id=job_id,
            state=Word(state),
            wish=wish,
        )


class JobNotFinished(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str, wish: Word) -> None:
        super().__init__(
            "Job %(job_id)s is %(state)s; only a job that has ended can be %(wish)s.",
            job_id=job_id,
            state=Word(state),
            wish=wish,
        )


class JobSucceeded(Conflict):
    def __init__(self, job_id: uuid.UUID, wish: Word) -> None:
        super().__init__(
            "Job %(job_id)s has succeeded, there is nothing to be %(wish)s. "
            "Clone it to compute again.",
            job_id=job_id,
            wish=wish,
        )


class JobBlocked(Conflict):
    def __init__(self, job_id: uuid.UUID, parent_id: uuid.UUID, state: str) -> None:
        super().__init__(
            "Job %(job_id)s waits for job %(parent_id)s, which is %(state)s. Retry that one: "
            "this one follows by itself.",
            job_id=job_id,
            parent_id=parent_id,
            state=Word(state),
        )


class JobNotPending(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str) -> None:
        super().__init__(
            "Job %(job_id)s is %(state)s; only jobs that have not started have a place "
            "in the queue.",
            job_id=job_id,
            state=Word(state),
        )


class DifferentQueues(Conflict):
    def __init__(self, queue: str, other: str) -> None:
        super().__init__(
            "A job of queue '%(queue)s' cannot stand before a job of queue '%(other)s': "
            "different workers serve them.",
            queue=queue,
            other=other,
        )


class NotAskedToStop(Conflict):
    def __init__(self, job_id: uuid.UUID, wait_s: int) -> None:
        super().__init__(
            "Job %(job_id)s can be marked as stopped %(wait_s)s s after it was asked to cancel, "
            "when its worker has not answered. Cancel it first.",
            job_id=job_id,
            wait_s=wait_s,
        )


class LeaseLost(Conflict):
    """The row has moved on: whoever holds this token must stop and publish nothing."""

    def __init__(self, job_id: uuid.UUID, token: int) -> None:
        super().__init__(
            "Attempt %(token)s of job %(job_id)s no longer holds the lease.",
            token=token,
            job_id=job_id,
        )


class ParentNotFound(Invalid):
    def __init__(self, name: str, parent_id: uuid.UUID) -> None:
        super().__init__(
            "'%(name)s' should come from job %(parent_id)s, which does not exist.",
            field="parents",
            name=name,
            parent_id=parent_id,
        )


class ParentNamedTwice(Invalid):
    def __init__(self, parent_id: uuid.UUID) -> None:
        super().__init__(
            "Job %(parent_id)s is named as a parent more than once.",
            field="parents",
            parent_id=parent_id,
        )


class InputNamedTwice(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(
            "'%(name)s' is both an input and a parent; it can be one.", field="parents", name=name
        )
