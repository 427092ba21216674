"""Celery's entry: `celery -A workers.celery_app worker` and `... beat`.

Celery carries the bell and keeps the threads; everything a job needs to survive is in the rows.
So messages are acknowledged when they arrive, nothing is stored about them, and one that is lost
or comes twice changes nothing.
"""

import os
from typing import Any

from celery import Celery, signals

from domain import logs
from domain.jobs import queue as bells
from workers import kinds, maintenance
from workers.pulse import Pulse
from workers.runtime import Runtime
from workers.settings import WorkerSettings


def make_celery(settings: WorkerSettings) -> Celery:
    made = Celery("ggez", broker=bells.broker_url(settings.redis_url), set_as_current=False)
    made.conf.update(
        task_queues={name: {} for name in settings.queues},
        task_default_queue=settings.queues[0],
        task_create_missing_queues=True,
        task_acks_late=False,
        task_ignore_result=True,
        worker_pool="threads",
        worker_concurrency=settings.concurrency,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        # A worker outlives its broker, however long that is away, and its jobs do not notice.
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_transport_options={"socket_keepalive": True, "health_check_interval": 10},
        beat_scheduler="workers.beat:Tender",
        beat_max_loop_interval=settings.tend_s,
    )
    made.task(name=bells.BELL, shared=False)(answer)
    return made


class Worker:
    """The one runtime of this process, from its start to its end."""

    def __init__(self) -> None:
        self._runtime: Runtime | None = None
        self._pulse: Pulse | None = None

    @property
    def runtime(self) -> Runtime:
        assert self._runtime is not None, "Bells ring after the worker was set up."
        return self._runtime

    def set_up(self, *, sender: str, instance: Any, **_: Any) -> None:
        settings = WorkerSettings()
        kinds.load(settings.kind_modules)
        queues = tuple(instance.app.amqp.queues.consume_from)
        self._runtime = Runtime(settings, owner=f"{sender}:{os.getpid()}", queues=queues)

    def get_ready(self, **_: Any) -> None:
        maintenance.sweep_local(self.runtime)
        self._pulse = Pulse(
            self.runtime.unit_of_work, owner=self.runtime.owner, queues=self.runtime.queues
        )
        self._pulse.start()

    def shut_down_soon(self, **_: Any) -> None:
        """Celery stops asking for bells; running jobs save their state and are given back."""
        self.runtime.is_shutting_down.set()

    def shut_down(self, **_: Any) -> None:
        if self._pulse is not None:
            self._pulse.end()
        self.runtime.close()


_worker = Worker()


def answer(queue: str) -> None:
    """A bell rang."""
    _worker.runtime.run_available(queue)


def _configure_logs(**_: Any) -> None:
    settings = WorkerSettings()
    logs.configure(level=settings.log_level, style=settings.log_style)


signals.setup_logging.connect(_configure_logs)
signals.celeryd_after_setup.connect(_worker.set_up)
signals.worker_ready.connect(_worker.get_ready)
signals.worker_shutting_down.connect(_worker.shut_down_soon)
signals.worker_shutdown.connect(_worker.shut_down)

app = make_celery(WorkerSettings())
