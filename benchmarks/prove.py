"""`make prove`: what is too long or too machine-bound for a test, written to docs/measured.md.

The tests that are marked slow, and every other module of this folder. Each of those is a script
that prints Markdown, names its limits beside its numbers, and ends with exit code 1 when a limit
was missed. `make prove ONLY="merge filter"` measures these and leaves the other sections as they
are: each says itself when, where and at which commit it was measured.
"""

import datetime as dt
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[1]
_REPORT = _ROOT / "docs" / "measured.md"
_SLOW = "slow_tests"
_HEAD = "# Measured\n\nWritten by `make prove`. Each section says when, where and at which commit."
_MARK = re.compile(r"^<!-- (\w+) -->\n", re.MULTILINE)


def main(only: Sequence[str]) -> None:
    known = list_names()
    if unknown := [name for name in only if name not in known]:
        sys.exit(f"There is nothing named {', '.join(unknown)} to measure; {', '.join(known)} are.")
    missed = []
    for name in only or known:
        print(f"Measuring: {name}", flush=True)
        holds, text = _measure(name)
        missed += [] if holds else [name]
        sections = read(_REPORT.read_text("utf-8")) | {name: f"{text}\n\n{_sign(holds)}"}
        _REPORT.write_text(write(sections, known), "utf-8")
        print(f"{name}: {'held' if holds else 'MISSED'}", flush=True)
    print(f"Written to {_REPORT.relative_to(_ROOT)}.")
    sys.exit(f"Missed: {', '.join(missed)}." if missed else 0)


def list_names() -> list[str]:
    scripts = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return [_SLOW, *(each.stem for each in scripts if each != Path(__file__))]


def read(report: str) -> dict[str, str]:
    """The sections by name."""
    _, *parts = _MARK.split(report)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def write(sections: Mapping[str, str], order: Sequence[str]) -> str:
    """In this order, without those that nothing measures any more."""

    def blocks() -> Iterator[str]:
        yield _HEAD
        yield from (f"<!-- {name} -->\n{sections[name]}" for name in order if name in sections)

    return "\n\n".join(blocks()) + "\n"


def _measure(name: str) -> tuple[bool, str]:
    command = [sys.executable, "-m"]
    command += (
        ["pytest", "-q", "-m", "slow and not gpu"] if name == _SLOW else [f"benchmarks.{name}"]
    )
    done = subprocess.run(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, check=False)
    said = done.stdout.strip()
    if name == _SLOW:
        print(said)
        said = f"## Slow tests\n\n`pytest -m slow`: {said.splitlines()[-1].strip('= ')}"
    return done.returncode == 0, said or f"## {name}\n\nIt printed nothing."


def _ask_git(*words: str) -> str:
    command = ["git", *words]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _sign(holds: bool) -> str:  # noqa: FBT001 - one word, said twice in this module
    commit = _ask_git("rev-parse", "--short", "HEAD") or "unknown"
    if _ask_git("status", "--porcelain", "--", ".", f":(exclude){_REPORT.relative_to(_ROOT)}"):
        commit += " with changes"  # other than what was measured so far
    memory_gib = psutil.virtual_memory().total / 2**30
    machine = f"{platform.machine()} with {os.cpu_count()} cores and {memory_gib:.0f} GiB"
    return (
        f"*{'Held' if holds else '**MISSED**'}: {dt.datetime.now(dt.UTC):%Y-%m-%d}, commit "
        f"{commit}, {machine}, Python {platform.python_version()}.*"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
