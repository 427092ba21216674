"""The bell. It carries the queue's name only: which row is next is decided by whoever answers.

The only place below the workers that names Celery; it sends by task name and knows no task.
"""

import contextlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from celery import Celery
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from domain.errors import Unavailable

BELL = "job.run"
ALL_JOBS_CHANNEL = "ggez:jobs"
# A request waits this long for a Redis that does not answer, and not longer.
_TIMEOUT_S = 1.0


class RedisAway(Unavailable):
    def __init__(self, reason: str) -> None:
        super().__init__("Redis does not answer: %(reason)s", reason=reason)


@contextlib.contextmanager
def _reaching_redis() -> Iterator[None]:
    try:
        yield
    except (RedisError, OperationalError, OSError) as error:
        raise RedisAway(str(error)) from error


def job_channel(job_id: uuid.UUID) -> str:
    return f"ggez:job:{job_id}"


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address on a unix socket."""
    if redis_url.startswith("unix://"):
        path = redis_url.removeprefix("unix://").partition("?")[0]
        return f"redis+socket://{path}?virtual_host=0"
    return redis_url


@lru_cache(maxsize=4)
def _sender(redis_url: str) -> Celery:
    sender = Celery("ggez-bell", broker=broker_url(redis_url), set_as_current=False)
    sender.conf.update(
        broker_connection_timeout=_TIMEOUT_S,
        # Without these kombu tries to connect for ever before it sends.
        broker_transport_options={
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "socket_connect_timeout": _TIMEOUT_S,
            "socket_timeout": _TIMEOUT_S,
        },
    )
    return sender


@lru_cache(maxsize=4)
def _client(redis_url: str) -> Redis:
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=_TIMEOUT_S,
        socket_timeout=_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


def ring(redis_url: str, queue: str) -> None:
    """Wake one worker of the queue. Raises RedisAway; beat rings again."""
    with _reaching_redis():
        _sender(redis_url).send_task(
            BELL, kwargs={"queue": queue}, queue=queue, ignore_result=True, retry=False
        )


def notify(redis_url: str, job_ids: Sequence[uuid.UUID]) -> None:
    """Tell whoever watches these jobs to look at their rows. Raises RedisAway."""
    with _reaching_redis(), _client(redis_url).pipeline(transaction=False) as pipeline:
        for job_id in job_ids:
            pipeline.publish(ALL_JOBS_CHANNEL, str(job_id))
            pipeline.publish(job_channel(job_id), str(job_id))
        pipeline.execute()


def count_bells(redis_url: str, queue: str) -> int:
    """How many rings of this queue nobody has answered yet. Raises RedisAway."""
    with _reaching_redis():
        return int(_client(redis_url).llen(queue))


def ring_unheard(redis_url: str, queues: Iterable[str]) -> None:
    """Ring where something could run but no bell waits: Redis may have forgotten it, or was away
    when the job was enqueued. Raises RedisAway.
    """
    for queue in queues:
        if count_bells(redis_url, queue) == 0:
            ring(redis_url, queue)
