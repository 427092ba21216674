"""What can be wrong with a wish about a job. Each says what to do instead where there is a way."""

import uuid

from domain.errors import Conflict, Invalid, NotFound


class JobNotFound(NotFound):
    def __init__(self, job_id: uuid.UUID) -> None:
        super().__init__(f"There is no job {job_id}.")


class JobAlreadyFinished(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str, wish: str) -> None:
        super().__init__(f"Job {job_id} has already ended ({state}); it cannot be {wish}.")


class JobNotFinished(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str, wish: str) -> None:
        super().__init__(f"Job {job_id} is {state}; only a job that has ended can be {wish}.")


class JobSucceeded(Conflict):
    def __init__(self, job_id: uuid.UUID, wish: str) -> None:
        super().__init__(
            f"Job {job_id} has succeeded, there is nothing to be {wish}. Clone it to compute again."
        )


class JobBlocked(Conflict):
    def __init__(self, job_id: uuid.UUID, parent_id: uuid.UUID, state: str) -> None:
        super().__init__(
            f"Job {job_id} waits for job {parent_id}, which is {state}. Retry that one: "
            "this one follows by itself."
        )


class JobNotPending(Conflict):
    def __init__(self, job_id: uuid.UUID, state: str) -> None:
        super().__init__(
            f"Job {job_id} is {state}; only jobs that have not started have a place in the queue."
        )


class DifferentQueues(Conflict):
    def __init__(self, queue: str, other: str) -> None:
        super().__init__(
            f"A job of queue '{queue}' cannot stand before a job of queue '{other}': "
            "different workers serve them."
        )


class NotAskedToStop(Conflict):
    def __init__(self, job_id: uuid.UUID, wait_s: int) -> None:
        super().__init__(
            f"Job {job_id} can be marked as stopped {wait_s} s after it was asked to cancel, "
            "when its worker has not answered. Cancel it first."
        )


class LeaseLost(Conflict):
    """The row has moved on: whoever holds this token must stop and publish nothing."""

    def __init__(self, job_id: uuid.UUID, token: int) -> None:
        super().__init__(f"Attempt {token} of job {job_id} no longer holds the lease.")


class ParentNotFound(Invalid):
    def __init__(self, name: str, parent_id: uuid.UUID) -> None:
        super().__init__(
            f"'{name}' should come from job {parent_id}, which does not exist.", field="parents"
        )


class ParentNamedTwice(Invalid):
    def __init__(self, parent_id: uuid.UUID) -> None:
        super().__init__(f"Job {parent_id} is named as a parent more than once.", field="parents")


class InputNamedTwice(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__(f"'{name}' is both an input and a parent; it can be one.", field="parents")
