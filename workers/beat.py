"""Celery's beat, which here does what is due itself instead of sending tasks.

A task would wait behind jobs that take hours, and a Redis that is away could not carry it. There
is no schedule to remember, so no file.
"""

import threading
import time
from typing import Any

from celery.beat import Scheduler

from workers import maintenance
from workers.runtime import Runtime
from workers.settings import WorkerSettings


class Tender(Scheduler):  # type: ignore[misc]  # Celery has no types
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._settings = WorkerSettings()
        self._runtime = Runtime(self._settings, owner="beat")
        self._swept_at = time.monotonic()
        self._sweeping: threading.Thread | None = None

    def setup_schedule(self) -> None:
        """Nothing is scheduled."""

    def tick(self, *_args: Any, **_options: Any) -> float:
        maintenance.tend(self._runtime)
        if time.monotonic() - self._swept_at >= self._settings.sweep_s:
            self._swept_at = time.monotonic()
            self._sweep_aside()
        return self._settings.tend_s

    def should_sync(self) -> bool:
        return False

    def close(self) -> None:
        self._runtime.close()

    @property
    def info(self) -> str:
        return f"    . tends the jobs every {self._settings.tend_s:g} s"

    def _sweep_aside(self) -> None:
        """Listing many files takes time; bells should not wait for it."""
        if self._sweeping is None or not self._sweeping.is_alive():
            self._sweeping = threading.Thread(target=self._sweep, daemon=True)
            self._sweeping.start()

    def _sweep(self) -> None:
        maintenance.sweep_published(self._runtime)
        maintenance.sweep_local(self._runtime)
