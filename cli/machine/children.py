"""Web, workers and beat: which processes there are and how each is started.

The doors never import each other: these are the commands that a cluster would run as services.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.embedded import process
from cli.machine.folder import DataFolder
from cli.machine.logs import LogRelay
from cli.machine.supervisor import Member
from domain.errors import Conflict, Invalid

_WEB_GRACE_S = 15.0
_WORKER_GRACE_S = 60.0  # a job writes its checkpoint first
_BEAT_GRACE_S = 10.0
_MAX_WEB_PROCESSES = 8
_BACKLOG = 2048
_LAST_PORT = 65535


class PortTaken(Conflict):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Port {port} on {host} cannot be used ({reason}); choose another with --port, "
            "or --port 0 for any free one."
        )


class PortImpossible(Invalid):
    def __init__(self, port: int) -> None:
        super().__init__(f"A port lies between 0 and {_LAST_PORT}; this is {port}.", field="port")


@dataclass(frozen=True)
class _Surroundings:
    """What every child is told."""

    folder: DataFolder
    environment: Mapping[str, str]


def open_port(host: str, port: int) -> socket.socket:
    """Listen here and let all web processes inherit it: a restart of one loses no caller."""
    if not 0 <= port <= _LAST_PORT:
        raise PortImpossible(port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        # Python repeats the address in `strerror`; a name that is not found has no such number.
        number = error.errno or 0
        reason = os.strerror(number) if number > 0 else str(error)
        raise PortTaken(host, port, reason) from error
    # An accepted connection inherits this. Without it an answer of two packets waits 40 ms for the
    # caller's delayed acknowledgement: asyncio sets it only on sockets that it opened itself.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def plan(
    folder: DataFolder,
    environment: Mapping[str, str],
    listening: socket.socket,
    *,
    num_gpus: int,
) -> list[Member]:
    """In the order of starting; stopping goes backwards: web, beat, workers."""
    around = _Surroundings(folder, environment)
    _start_counting_anew(folder)
    num_web = min(os.cpu_count() or 1, _MAX_WEB_PROCESSES)
    return [
        *_workers(around, num_gpus),
        _beat(around),
        *(_web(around, listening, number) for number in range(1, num_web + 1)),
    ]


def plan_worker(folder: DataFolder, environment: Mapping[str, str]) -> Member:
    """One worker for everything, where a command runs a single job and nothing else is up."""
    return _worker(_Surroundings(folder, environment), "worker", "cpu,gpu", {})


def count_gpus() -> int:
    """By the driver's own tool: loading torch to count would cost seconds and 300 MiB."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    listed = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())


def _web(around: _Surroundings, listening: socket.socket, number: int) -> Member:
    descriptor = listening.fileno()
    command = [
        *("uvicorn", "app.main:create_app", "--factory", "--fd", str(descriptor)),
        *(
            "--loop",
            "uvloop",
            "--http",
            "app.protocol:BoundedHeads",
            "--no-access-log",
            "--no-proxy-headers",
        ),
        *("--no-server-header", "--timeout-graceful-shutdown", "5"),
    ]
    # Where the web processes count their requests together.
    extra = {"PROMETHEUS_MULTIPROC_DIR": str(_metrics_folder(around.folder))}
    return _member(
        around,
        f"web-{number}",
        command,
        grace_s=_WEB_GRACE_S,
        extra=extra,
        pass_on=(descriptor,),
    )


def _metrics_folder(folder: DataFolder) -> Path:
    return folder.run / "metrics"


def _start_counting_anew(folder: DataFolder) -> None:
    """Counts of an earlier start belong to processes that are gone."""
    shutil.rmtree(_metrics_folder(folder), ignore_errors=True)
    _metrics_folder(folder).mkdir(mode=0o700)


def _beat(around: _Surroundings) -> Member:
    command = ["celery", "-A", "workers.celery_app", "beat"]
    return _member(around, "beat", command, grace_s=_BEAT_GRACE_S)


def _workers(around: _Surroundings, num_gpus: int) -> list[Member]:
    if num_gpus == 0:
        return [_worker(around, "worker", "cpu,gpu", {})]
    return [
        _worker(around, "worker-cpu", "cpu", {"CUDA_VISIBLE_DEVICES": ""}),
        *(
            _worker(around, f"worker-gpu-{device}", "gpu", {"CUDA_VISIBLE_DEVICES": str(device)})
            for device in range(num_gpus)
        ),
    ]


def _worker(around: _Surroundings, name: str, queues: str, extra: Mapping[str, str]) -> Member:
    command = [
        *("celery", "-A", "workers.celery_app", "worker", "-Q", queues, "--pool", "threads"),
        *("--hostname", f"{name}@%h", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    ]
    return _member(around, name, command, grace_s=_WORKER_GRACE_S, extra=extra)


def _member(
    around: _Surroundings,
    name: str,
    module_and_words: list[str],
    *,
    grace_s: float,
    extra: Mapping[str, str] | None = None,
    pass_on: tuple[int, ...] = (),
) -> Member:
    launch = process.Launch(
        name=name,
        command=[sys.executable, "-m", *module_and_words],
        # They die at once: PostgreSQL and Redis go at the same moment, so there is nobody left to
        # write to. What they were doing is found again by its lease.
        death_signal=signal.SIGKILL,
        lock=around.folder.run / f"{name}.lock",
        environment={**around.environment, **(extra or {})},
        pass_on=pass_on,
    )

    def start(relay: LogRelay) -> subprocess.Popen[bytes]:
        return relay.follow(name, process.start(launch, output=subprocess.PIPE))

    group = name.partition("-")[0]
    return Member(name=name, group=group, start=start, stop_signal=signal.SIGTERM, grace_s=grace_s)


def make_environment(**settings: str) -> dict[str, str]:
    """Ours, with the instance's addresses on top."""
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        **{f"GGEZ_{name.upper()}": value for name, value in settings.items() if value},
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(paths),
    }
