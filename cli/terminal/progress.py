"""How a computation in this process is shown: one line on stderr that is written over, for a
person; a line now and then where nobody watches. Ctrl-C asks it to stop, which saves what it has.
"""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

import click

from ml.progress import Stopped

_EVERY_S = {True: 0.2, False: 15.0}  # by whether a person watches


class TerminalProgress:
    def __init__(self, label: str) -> None:
        self.label = label
        self.is_stopping = False
        self._is_watched = sys.stderr.isatty()
        self._shown_at = time.monotonic() if not self._is_watched else 0.0
        self._width = 0

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        now = time.monotonic()
        if now - self._shown_at < _EVERY_S[self._is_watched]:
            return
        self._shown_at = now
        amount = f"{done:,.0f}" if total is None else f"{done:,.0f} of {total:,.0f}"
        numbers = [f"{name} {value:.4g}" for name, value in (metrics or {}).items()]
        parts = [self.label, f"{amount} {unit}".strip(), message, *numbers]
        self._show("  ".join(part for part in parts if part))

    def check(self) -> None:
        if self.is_stopping:
            raise Stopped

    def finish(self) -> None:
        if self._width:
            click.echo(err=True)

    def _show(self, line: str) -> None:
        if not self._is_watched:
            click.echo(line, err=True)
            return
        click.echo("\r" + line.ljust(self._width), nl=False, err=True)
        self._width = len(line)


@contextmanager
def watching(label: str) -> Iterator[TerminalProgress]:
    """The first Ctrl-C (or SIGTERM) asks to stop, the second ends the process."""
    progress = TerminalProgress(label)

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's signature
        signal.signal(number, before[signal.Signals(number)])
        progress.is_stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield progress
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        progress.finish()
