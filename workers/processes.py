"""Starting and ending the process of an attempt, from the worker's side."""

import contextlib
import importlib.util
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from workers import child

_starting = threading.Lock()


def start(
    order: child.Order, wire: Connection, log: Connection, *, preload: tuple[str, ...]
) -> Any:
    """Start the process: from a server that has `preload` in memory, which the first such job
    starts, or bare. The server never touches a GPU: a process that did cannot be forked.
    """
    context: Any = multiprocessing.get_context("forkserver" if preload else "spawn")
    process = context.Process(target=child.main, args=(order, wire, log), daemon=False)
    with _starting, _nothing_to_import():
        if preload:
            installed = [name for name in preload if importlib.util.find_spec(name)]
            context.set_forkserver_preload([child.__name__, *installed])
        process.start()
    return process


@contextlib.contextmanager
def _nothing_to_import() -> Iterator[None]:
    """A child of multiprocessing imports its parent's main module. Ours is Celery's command."""
    ours = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = ours


def ask_to_stop(process: BaseProcess) -> None:
    """To the child alone: it saves its state while its helpers, a data loader's say, live on."""
    _signal(process, signal.SIGTERM, os.kill)


def kill(process: BaseProcess) -> None:
    """The child and whatever it started; also when it is just being born or gone already."""
    _signal(process, signal.SIGKILL, os.killpg)
    if process.is_alive():
        _signal(process, signal.SIGKILL, os.kill)


def _signal(process: BaseProcess, number: signal.Signals, send: Callable[[int, int], None]) -> None:
    assert process.pid is not None, "Only called for a process that was started."
    with contextlib.suppress(ProcessLookupError):
        send(process.pid, number)
