"""Starting and ending the process of an attempt, from the worker's side."""

import contextlib
import functools
import importlib.util
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.process import BaseProcess

from ml import devices
from specs import registry
from workers import child

_starting = threading.Lock()


def start(
    order: child.Order, wire: Connection, log: Connection, *, preload: tuple[str, ...]
) -> ForkServerProcess:
    """Fork the process from a server that has `preload` in memory, which the first such job starts.

    A server never touches a GPU: a process that did cannot be forked.
    """
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=child.main, args=(order, wire, log), daemon=False)
    with _starting, _nothing_to_import():
        # multiprocessing knows one server. We have two, so that jobs which need no torch neither
        # wait for it nor keep a gigabyte of it in memory.
        server = _get_server(preload)
        forkserver.connect_to_new_process = server.connect_to_new_process
        process.start()
    return process


@functools.cache
def _get_server(preload: tuple[str, ...]) -> forkserver.ForkServer:
    devices.share_cores()  # a server loads torch, for all that it forks
    server = forkserver.ForkServer()
    installed = [name for name in preload if importlib.util.find_spec(name)]
    server.set_forkserver_preload([child.__name__, registry.__name__, *installed])
    return server


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
