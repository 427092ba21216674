"""Runs every command of docs/playbook.md, in order, and writes what each said back into the page.

`python -m docs.playbook --run DIR`: prose and commands live in the page, outputs are from the run.
DIR is the working folder: new, or with nothing in it but `sandbox-run`, which is then found again.
With `--small` the sandbox runs in its small form; those numbers are no use, so that the page goes
to DIR/playbook.md and docs/playbook.md stays as it is. A command that fails ends it.

A block is fenced as `console`. A command begins with `$ `; lines right after it that begin with
`> ` belong to it; all else is output. Of that stdout is kept, not progress and warnings.
"""

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "playbook.md"
# Longer outputs are cut to their first lines; the page says so with these numbers.
MOST_LINES, SHOWN_LINES = 24, 16

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"^\*Outputs: .*\*$", re.MULTILINE)
_KEPT = "sandbox-run"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True, type=Path, help="The working folder.")
    parser.add_argument("--small", action="store_true", help="The sandbox's small form.")
    given = parser.parse_args()
    folder: Path = given.run.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if others := [each.name for each in folder.iterdir() if each.name != _KEPT]:
        sys.exit(f"{folder} holds more than {_KEPT}: {', '.join(sorted(others))}.")
    page = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="ggez-playbook-") as scripts:
        environment = make_environment(Path(scripts))
        try:
            filled = fill(
                page,
                lambda command: carry_out(command, folder, environment, is_small=given.small),
            )
        finally:
            stop(folder, environment)
    form = "small" if given.small else "full"
    made = f"*Outputs: {dt.datetime.now(dt.UTC):%Y-%m-%d}, commit {find_commit()}, {form} form.*"
    target = folder / PAGE.name if given.small else PAGE
    target.write_text(_MADE.sub(made, filled), "utf-8")
    print(f"Written: {target}")


def list_commands(page: str) -> list[str]:
    return [command for body in _BLOCK.findall(page) for command in split(body)]


def split(body: str) -> list[str]:
    """The commands of a block, each as bash is to read it."""
    commands: list[str] = []
    is_open = False
    for line in body.splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
            is_open = True
        elif is_open and line.startswith("> "):
            commands[-1] += f"\n{line[2:]}"
        else:
            is_open = False
    return commands


def fill(page: str, say: Callable[[str], str]) -> str:
    """The page with what `say` answers to each command in the place of what stood there."""

    def lines(body: str) -> Iterator[str]:
        for command in split(body):
            first, *more = command.splitlines()
            yield f"$ {first}"
            yield from (f"> {line}" for line in more)
            yield from cut(say(command))

    return _BLOCK.sub(
        lambda block: "\n".join(("```console", *lines(block[1]), "```")),
        page,
    )


def cut(said: str) -> list[str]:
    """Without a byte order mark, which spreadsheets want and nobody sees."""
    lines = [line.rstrip() for line in said.lstrip("\ufeff").strip("\n").splitlines()]
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:SHOWN_LINES], f"… {len(lines) - SHOWN_LINES} more lines"]


def make_environment(scripts: Path) -> dict[str, str]:
    """In which `ggez` is this clone's, whatever is installed, and no setting is anybody's."""
    command = scripts / "ggez"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n', "utf-8")
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GGEZ_")}
    return kept | {"PATH": f"{scripts}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


def carry_out(command: str, folder: Path, environment: dict[str, str], *, is_small: bool) -> str:
    started = time.monotonic()
    if is_small:
        command = command.replace("ggez sandbox run", "ggez sandbox run --small")
    done = subprocess.run(  # noqa: S603 - what the page says is what is to be run
        ["bash", "-euo", "pipefail", "-c", command],  # noqa: S607 - whichever bash there is
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{time.monotonic() - started:6.1f} s  {command.splitlines()[0]}", flush=True)
    if done.returncode:
        sys.exit(f"It ended with {done.returncode}:\n{command}\n{done.stdout}{done.stderr}")
    return mask(done.stdout, folder)


def mask(said: str, folder: Path) -> str:
    """Without one-time links and without where this machine keeps its files."""
    return re.sub(r"/sign-in/\S+", "/sign-in/…", said.replace(str(folder), "…"))


def stop(folder: Path, environment: dict[str, str]) -> None:
    """Nothing goes on running, wherever the page ended."""
    if (folder / "var").exists():
        subprocess.run(
            ["ggez", "down"],  # noqa: S607 - the one of `make_environment`
            cwd=folder,
            env=environment,
            check=False,
            capture_output=True,
        )


def find_commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - a constant
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
