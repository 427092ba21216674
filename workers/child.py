"""What runs in the process of one attempt.

The worker imports this module too, so nothing of `ml` is named at its top: the computing is
imported in the child only. The child leads a process group of its own, and lives on its parent's
word: when the parent's end of the pipe closes, or the parent has been silent for as long as a lease
lasts, the child kills its whole group. So nothing computes for a worker that is gone.

Messages to the parent are pairs (name, values): 'progress', 'environment' and, once, 'ended'.
"""

import contextlib
import fcntl
import importlib
import importlib.metadata
import json
import math
import multiprocessing
import os
import platform
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

Message = tuple[str, dict[str, Any]]

_PROGRESS_EVERY_S = 0.25
_PACKAGES = (
    *("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors"),
    *("numpy", "pillow", "pyarrow"),
)


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything the child needs to know; it is pickled."""

    kind: str
    spec: Mapping[str, Any]
    compute: str  # 'module:function'
    out_dir: Path
    state_dir: Path
    silence_s: float  # the child ends when its parent has said nothing for so long
    arguments: Mapping[str, Any] = field(default_factory=dict)
    kind_modules: tuple[str, ...] = ()


class StateHeld(Exception):
    """An earlier attempt's process has not let go of what it saves."""


class Relay:
    """`ml.progress.Progress` over the pipe, thinned out. SIGTERM makes `check` raise."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire
        self._lock = threading.Lock()
        self._waiting: dict[str, Any] | None = None
        self._sent_at = -math.inf
        self.is_stopping = False

    def update(
        self,
        done: float,
        total: float | None = None,
        *,
        unit: str = "",
        message: str = "",
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        numbers = {name: _as_json(value) for name, value in (metrics or {}).items()}
        self._waiting = {
            "done": _as_json(done),
            "total": _as_json(total),
            "unit": unit,
            # PostgreSQL's JSON cannot hold this character.
            "message": message.replace("\0", "\N{REPLACEMENT CHARACTER}"),
            "metrics": numbers,
        }
        if time.monotonic() - self._sent_at >= _PROGRESS_EVERY_S:
            self.flush()

    def check(self) -> None:
        if self.is_stopping:
            from ml.progress import Stopped  # noqa: PLC0415 - see the module's docstring

            raise Stopped

    def flush(self) -> None:
        if self._waiting is not None:
            self.send("progress", self._waiting)
            self._waiting = None
            self._sent_at = time.monotonic()

    def send(self, name: str, values: dict[str, Any]) -> None:
        # A computation may report from several threads.
        with self._lock, contextlib.suppress(BrokenPipeError):  # the watch ends us soon
            self._wire.send((name, values))

    def stop(self, _number: int, _frame: object) -> None:
        self.is_stopping = True


def _as_json(number: float | None) -> float | None:
    """JSON knows neither infinity nor the loss that became NaN."""
    return number if number is not None and math.isfinite(number) else None


def main(order: Order, wire: Connection, log: Connection) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    relay = Relay(wire)
    signal.signal(signal.SIGTERM, relay.stop)
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a text file here
    threading.Thread(target=_watch_parent, args=(wire, order.silence_s), daemon=True).start()
    with _Report(relay):
        with _holding(order.state_dir, relay, order.silence_s):
            result = _compute(order, relay)
        relay.flush()
        relay.send("ended", {"ending": "finished", "result": _encode(result)})


def _watch_parent(wire: Connection, silence_s: float) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "Only called in a child."
    with contextlib.suppress(EOFError, OSError):
        while True:
            ready = wait([wire, parent.sentinel], timeout=silence_s)
            if not ready or parent.sentinel in ready:
                break
            wire.recv()
    os.killpg(0, signal.SIGKILL)


def _compute(order: Order, relay: Relay) -> Any:
    from specs import registry  # noqa: PLC0415 - takes a moment; the parent has it already

    registry.load_modules(order.kind_modules)
    spec = registry.find_spec(order.kind).model_validate(order.spec)
    module, _, function = order.compute.partition(":")
    compute = getattr(importlib.import_module(module), function)
    return compute(
        spec,
        out_dir=order.out_dir,
        state_dir=order.state_dir,
        progress=relay,
        **order.arguments,
    )


def _encode(result: Any) -> str:
    if not isinstance(result, dict):
        msg = f"A computation returns a dict; this one returned {type(result).__name__}."
        raise TypeError(msg)
    try:
        return json.dumps(result, allow_nan=False)
    except ValueError as error:
        msg = f"The result is not JSON: {error}"
        raise TypeError(msg) from error


@contextlib.contextmanager
def _holding(state_dir: Path, relay: Relay, patience_s: float) -> Iterator[None]:
    """Nobody else writes what this job saves. An earlier attempt whose worker lost touch with the
    database may still be at it; it is killed when that worker finds out.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience_s
    with state_dir.with_suffix(".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                relay.check()
                if time.monotonic() > deadline:
                    raise StateHeld from error
                time.sleep(0.1)
        yield


class _Report:
    """Tells the parent how it ended. The traceback goes to the log file."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> bool:
        self._relay.send("environment", describe_environment())
        if error is None:
            return False
        ending, message = classify(error)
        if ending != "stopped":
            traceback.print_exception(kind, error, trace)
        self._relay.flush()
        message = message.replace("\0", "\N{REPLACEMENT CHARACTER}")
        self._relay.send("ended", {"ending": ending, "message": message})
        return True


def classify(error: BaseException) -> tuple[str, str]:
    """The ending (`domain.jobs.rules.Ending`) and one sentence."""
    from ml.progress import OutOfMemory, Stopped  # noqa: PLC0415 - see the module's docstring

    if isinstance(error, Stopped):
        return "stopped", "It stopped as it was asked to."
    if isinstance(error, StateHeld):
        return "killed", "Another process still held what this job saves."
    # torch's own class where it is loaded; its processor's allocator raises a plain RuntimeError.
    names = {each.__name__ for each in type(error).__mro__}
    told = str(error)
    if (
        isinstance(error, OutOfMemory | MemoryError)
        or "OutOfMemoryError" in names
        or (isinstance(error, RuntimeError) and "can't allocate memory" in told)
    ):
        return "out_of_memory", told or "an allocation failed"
    if isinstance(error, ValueError):
        return "invalid", told
    return "crashed", f"{type(error).__name__}: {told}" if told else type(error).__name__


def describe_environment() -> dict[str, Any]:
    """Versions of what was loaded, and the device when torch was."""
    loaded = [name for name in _PACKAGES if name.replace("pillow", "PIL") in sys.modules]
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: importlib.metadata.version(name) for name in loaded},
    }
    if "torch" in sys.modules:
        from ml import devices  # noqa: PLC0415 - see the module's docstring

        found["device"] = devices.describe()
    return found
