"""The bell. It carries the queue's name only: which row is next is decided by whoever answers.

The only place below the workers that names Celery; it sends by task name and knows no task.
"""

from functools import lru_cache

from celery import Celery

BELL = "job.run"


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address on a unix socket."""
    if redis_url.startswith("unix://"):
        path = redis_url.removeprefix("unix://").partition("?")[0]
        return f"redis+socket://{path}?virtual_host=0"
    return redis_url


@lru_cache(maxsize=4)
def _sender(redis_url: str) -> Celery:
    return Celery("ggez-bell", broker=broker_url(redis_url), set_as_current=False)


def ring(redis_url: str, queue: str) -> None:
    """Wake one worker of the queue. May raise when Redis is away; beat rings again."""
    _sender(redis_url).send_task(BELL, kwargs={"queue": queue}, queue=queue, ignore_result=True)
