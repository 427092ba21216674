"""Starts web servers to measure: ours, and a bare ASGI application to compare with."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cli.machine import children

OURS = ("app.main:create_app", "--factory")
BARE = ("benchmarks._web:bare",)
AS_UP_DOES = (
    "--loop",
    "uvloop",
    "--http",
    "app.protocol:BoundedHeads",
    "--no-access-log",
    "--no-proxy-headers",
)
# Asked about are requests that touch no service; nothing listens there.
_NO_SERVICES = {
    "GGEZ_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "GGEZ_REDIS_URL": "redis://127.0.0.1:1/0",
    "GGEZ_LOG_LEVEL": "WARNING",
}
_START_TIMEOUT_S = 30.0


async def bare(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The least that answers."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"3")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n"})


@contextmanager
def serving(application: Sequence[str], *, num_processes: int = 1) -> Iterator[int]:
    """The port of that many processes behind one listening socket, as `ggez up` starts them."""
    with children.open_port("127.0.0.1", 0) as listening:
        words = [*application, "--fd", str(listening.fileno()), *AS_UP_DOES]
        started = [_start(words, listening) for _ in range(num_processes)]
        yield from _until_done(started, listening.getsockname()[1])


@contextmanager
def serving_workers(application: Sequence[str], *options: str) -> Iterator[int]:
    """The port of uvicorn with workers of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    yield from _until_done([_start([*application, "--port", str(port), *options])], port)


def _start(words: Sequence[str], inherited: socket.socket | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "uvicorn", *words, "--log-level", "warning"],
        pass_fds=[inherited.fileno()] if inherited else [],
        env={**os.environ, **_NO_SERVICES},
    )


def _until_done(started: Sequence[subprocess.Popen[bytes]], port: int) -> Iterator[int]:
    try:
        _wait_for_answer(started, port)
        yield port
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _wait_for_answer(started: Sequence[subprocess.Popen[bytes]], port: int) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in started):
            raise RuntimeError("A web process ended before it answered.")
        # The socket listens before anybody answers: a connection waits, and then asks again.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().read():
                return
        except (ConnectionError, TimeoutError, http.client.HTTPException):
            time.sleep(0.002)
        finally:
            connection.close()
    raise TimeoutError(f"No answer on port {port} after {_START_TIMEOUT_S:.0f} s.")
