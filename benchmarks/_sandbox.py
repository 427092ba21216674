"""Commands of the sandbox, carried out in a process of their own and timed."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from typing import Any


def is_small(about: str | None) -> bool:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--small", action="store_true", help="In a minute, and held to no limit.")
    return bool(parser.parse_args().small)


def carry_out(command: str, arm: str, *, small: bool) -> tuple[dict[str, Any], float]:
    """What `ggez sandbox COMMAND --arm ARM --json` says, and the minutes that it takes."""
    with tempfile.TemporaryDirectory(prefix=f"ggez-sandbox-{arm}-") as folder:
        started = time.monotonic()
        words = [sys.executable, "-m", "cli.main", "sandbox", command, "--arm", arm]
        words += ["--out", folder, "--json", *(["--small"] if small else [])]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
        minutes = (time.monotonic() - started) / 60
    found: dict[str, Any] = json.loads(done.stdout)
    return found, minutes
