"""Keep a handful of processes alive, in one order; stop them in the reverse one.

Knows nothing of what the processes do. It restarts one that dies, with a growing pause, and ends
everything that a dead one has left behind.
"""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import psutil

from cli.embedded import process
from cli.machine.logs import LogRelay
from domain.errors import DomainError

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 30.0
_STABLE_AFTER_S = 60.0
_CHECK_EVERY_S = 0.2
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(kw_only=True)
class Member:
    """One supervised process: how to start it, how to ask it to end, how long that may take."""

    name: str
    group: str
    """Members of one group stop together."""
    start: Callable[[LogRelay], subprocess.Popen[bytes]]
    stop_signal: signal.Signals
    grace_s: float
    running: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _started_at: float = 0.0
    _pause_s: float = _FIRST_PAUSE_S
    _start_again_at: float = 0.0

    def begin(self, relay: LogRelay) -> subprocess.Popen[bytes]:
        self._started_at = time.monotonic()
        self.running = self.start(relay)
        return self.running

    def plan_restart(self) -> float:
        """How long to wait before the next start: longer each time, short again after a calm."""
        now = time.monotonic()
        if now - self._started_at > _STABLE_AFTER_S:
            self._pause_s = _FIRST_PAUSE_S
        pause_s, self._pause_s = self._pause_s, min(self._pause_s * 2, _LONGEST_PAUSE_S)
        self._start_again_at = now + pause_s
        self.restarts += 1
        self.running = None
        return pause_s

    def is_due(self) -> bool:
        return self.running is None and time.monotonic() >= self._start_again_at


@dataclass
class Supervisor:
    relay: LogRelay
    on_change: Callable[[Sequence[Member]], None] = lambda _members: None
    members: list[Member] = field(default_factory=list)
    asked_to_stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        # Processes whose parent died become our children: so that they are seen, and ended.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())

    def add(self, member: Member) -> subprocess.Popen[bytes]:
        running = member.begin(self.relay)
        self.members.append(member)
        self.on_change(self.members)
        return running

    def run(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Watch until `until()` holds (True) or somebody asks to stop (False)."""
        while not self.asked_to_stop.wait(_CHECK_EVERY_S):
            self.check()
            if until():
                return True
        return False

    def check(self) -> None:
        """Look once at everyone: notice deaths, start again who is due."""
        for member in self.members:
            if member.running is not None and member.running.poll() is not None:
                self._bury(member, member.running)
            if member.is_due():
                self._start_again(member)
        self._reap_adopted()

    def _bury(self, member: Member, dead: subprocess.Popen[bytes]) -> None:
        _kill_session(dead.pid)
        pause_s = member.plan_restart()
        self.relay.say(
            f"{member.name} ended ({_describe_end(dead.returncode)}); "
            f"it starts again in {pause_s:.1f} s."
        )
        self.on_change(self.members)

    def _start_again(self, member: Member) -> None:
        try:
            member.begin(self.relay)
        except (DomainError, OSError) as error:
            pause_s = member.plan_restart()
            self.relay.say(f"{member.name} did not start: {error} Next try in {pause_s:.1f} s.")
        self.on_change(self.members)

    def _reap_adopted(self) -> None:
        ours = {member.running.pid for member in self.members if member.running}
        while True:
            try:
                dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if dead is None or dead.si_pid in ours:
                return
            os.waitpid(dead.si_pid, os.WNOHANG)

    def stop(self) -> None:
        """The last one started is the first to go. Nobody is left, not even those adopted."""
        for group, members in groupby(reversed(self.members), key=lambda member: member.group):
            self.relay.say(f"Stopping {group}.")
            self._stop_together(list(members))
        for straggler in psutil.Process().children(recursive=True):
            _kill(straggler)
        self.members.clear()

    def _stop_together(self, members: Sequence[Member]) -> None:
        running = [(member, member.running) for member in members if member.running]
        for member, started in running:
            if started.poll() is None:
                started.send_signal(member.stop_signal)
        for member, started in running:
            if not process.wait(started, grace_s=member.grace_s):
                self.relay.say(f"{member.name} did not end within {member.grace_s:.0f} s: killed.")
            _kill_session(started.pid)
            member.running = None


def _kill_session(leader: int) -> None:
    """End whoever the dead leader of a session has left in it."""
    for child in psutil.Process().children(recursive=True):
        try:
            if os.getsid(child.pid) == leader and child.pid != leader:
                _kill(child)
        except ProcessLookupError:
            continue


def _kill(child: psutil.Process) -> None:
    try:
        child.kill()
        child.wait(5)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        return


def _describe_end(returncode: int) -> str:
    if returncode < 0:
        return f"signal {signal.Signals(-returncode).name}"
    return f"exit code {returncode}"


def describe(members: Sequence[Member]) -> tuple[dict[str, int], dict[str, int]]:
    """Process numbers and restarts by name, for the instance's file."""
    running = {member.name: member.running.pid for member in members if member.running}
    return running, {member.name: member.restarts for member in members}
