"""How long `ggez up` takes the first and the second time, and what it holds while idle."""

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

_SECOND_START_LIMIT_S = 15.0
_IDLE_MEMORY_LIMIT_MIB = 1536
_HEALTHZ_LIMIT_MS = 5.0
_SETTLED_AFTER_S = 10.0
_NUM_REQUESTS = 500


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ggez-bench-") as folder:
        data = Path(folder) / "var"
        first_s = _start(data)
        time.sleep(_SETTLED_AFTER_S)
        status = _status(data)
        healthz_ms = _ask_healthz(status["port"])
        left_first = _stop(data)
        second_s = _start(data)
        left_second = _stop(data)
    rows = [
        ("first start, s", first_s, None),
        ("second start, s", second_s, _SECOND_START_LIMIT_S),
        ("idle memory of everything, MiB", status["memory_bytes"] / 2**20, _IDLE_MEMORY_LIMIT_MIB),
        ("keep-alive /healthz, median, ms", healthz_ms, _HEALTHZ_LIMIT_MS),
        ("processes left after two downs", left_first + left_second, 0),
    ]
    num_web = sum(process["name"].startswith("web") for process in status["processes"])
    print(f"## Starting up\n\nWith {num_web} web processes.\n")
    print("| | measured | limit |\n|---|---:|---:|")
    for name, measured, limit in rows:
        print(f"| {name} | {measured:.4g} | {'' if limit is None else f'{limit:g}'} |")
    sys.exit(any(limit is not None and measured > limit for _, measured, limit in rows))


def _ggez(data: Path, command: str, *words: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GGEZ_")}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", command, "--data", str(data), *words],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    ).stdout


def _start(data: Path) -> float:
    began = time.perf_counter()
    _ggez(data, "up", "--detach", "--port", "0")
    return time.perf_counter() - began


def _status(data: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_ggez(data, "status", "--json"))
    return said


def _stop(data: Path) -> int:
    """How many processes are left."""
    supervisor = psutil.Process(_status(data)["processes"][0]["pid"])
    family = [supervisor, *supervisor.children(recursive=True)]
    _ggez(data, "down")
    return sum(_is_alive(process) for process in family)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ask_healthz(port: int) -> float:
    """The median over one kept connection, in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    durations_ms = []
    for _ in range(_NUM_REQUESTS):
        began = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        durations_ms.append((time.perf_counter() - began) * 1000)
    connection.close()
    return statistics.median(durations_ms)


if __name__ == "__main__":
    main()
