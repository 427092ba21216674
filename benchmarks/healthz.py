"""How fast /healthz is answered on kept connections, beside a bare ASGI application."""

import http.client
import statistics
import sys
import time
from contextlib import AbstractContextManager

from benchmarks import _web

_LIMIT_MS = 5.0
_NUM_PROCESSES = 2
_NUM_REQUESTS = 2000
_NUM_CONNECTIONS = 4  # so that every process is asked


def main() -> None:
    workers = ("--workers", str(_NUM_PROCESSES), "--no-access-log", "--no-proxy-headers")
    fast = ("--loop", "uvloop", "--http", "httptools")
    plain = ("--loop", "asyncio", "--http", "h11")
    bare = _measure(_web.serving(_web.BARE, num_processes=_NUM_PROCESSES))
    limited = {
        "GG-EZ, as `ggez up` starts it": _web.serving(_web.OURS, num_processes=_NUM_PROCESSES),
        "GG-EZ, as docker-compose.yml does": _web.serving_workers(_web.OURS, *workers, *fast),
    }
    measured = {name: _measure(served) for name, served in limited.items()}
    slow = _measure(_web.serving_workers(_web.OURS, *workers, *plain))
    print(f"## /healthz on kept connections\n\n{_NUM_PROCESSES} web processes.\n")
    print("| | median, ms | 99 %, ms | times the bare one | limit, ms |\n|---|---:|---:|---:|---:|")
    _print_row("bare ASGI application", bare, bare, "")
    for name, durations in measured.items():
        _print_row(name, durations, bare, f"{_LIMIT_MS:g}")
    _print_row("GG-EZ with asyncio and h11, to compare", slow, bare, "")
    sys.exit(any(statistics.median(each) > _LIMIT_MS for each in measured.values()))


def _measure(served: AbstractContextManager[int]) -> list[float]:
    """Milliseconds of each answer."""
    with served as port:
        connections = [
            http.client.HTTPConnection("127.0.0.1", port) for _ in range(_NUM_CONNECTIONS)
        ]
        durations = [_ask(connections[n % _NUM_CONNECTIONS]) for n in range(_NUM_REQUESTS)]
        for connection in connections:
            connection.close()
    return durations[_NUM_REQUESTS // 10 :]  # the first ones warm up


def _ask(connection: http.client.HTTPConnection) -> float:
    began = time.perf_counter()
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    return (time.perf_counter() - began) * 1000


def _print_row(name: str, durations: list[float], bare: list[float], limit: str) -> None:
    median = statistics.median(durations)
    worst = statistics.quantiles(durations, n=100)[-1]
    ratio = median / statistics.median(bare)
    print(f"| {name} | {median:.3f} | {worst:.3f} | {ratio:.1f} | {limit} |")


if __name__ == "__main__":
    main()
