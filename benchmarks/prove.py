"""`make prove`: what is too long or too machine-bound for a test, written to docs/measured.md.

First the tests that are marked slow; then every other module of this folder. Each of them is a
script that prints Markdown, names its limits beside its numbers, and ends with exit code 1 when a
limit was missed.
"""

import datetime as dt
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil

_ROOT = Path(__file__).parents[1]
_REPORT = _ROOT / "docs" / "measured.md"


def main() -> None:
    command = [sys.executable, "-m", "pytest", "-m", "slow and not gpu"]
    slow = subprocess.run(command, cwd=_ROOT, check=False)
    # pytest's 5: there are no such tests.
    outcomes = {"slow tests": slow.returncode in {0, 5}}
    sections = [_head()]
    for script in sorted(Path(__file__).parent.glob("*.py")):
        if script == Path(__file__) or script.name.startswith("_"):
            continue
        print(f"Measuring: {script.stem}", flush=True)
        outcomes[script.stem], section = _measure(script)
        sections.append(section)
    _REPORT.write_text("\n\n".join([*sections, _verdicts(outcomes)]) + "\n")
    print(_verdicts(outcomes), f"\nWritten to {_REPORT.relative_to(_ROOT)}.", sep="\n")
    sys.exit(not all(outcomes.values()))


def _measure(script: Path) -> tuple[bool, str]:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{script.stem}"],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout.strip() or f"## {script.stem}\n\nIt printed nothing."


def _head() -> str:
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607 - whichever git made this clone
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    memory_gib = psutil.virtual_memory().total / 2**30
    return (
        "# Measured\n\n"
        f"Written by `make prove` on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit "
        f"{commit or 'unknown'}, on {platform.machine()} with {os.cpu_count()} cores and "
        f"{memory_gib:.0f} GiB, Python {platform.python_version()}."
    )


def _verdicts(outcomes: dict[str, bool]) -> str:
    lines = [f"| {name} | {'held' if held else 'MISSED'} |" for name, held in outcomes.items()]
    return "\n".join(["## Limits", "", "| | |", "|---|---|", *lines])


if __name__ == "__main__":
    main()
