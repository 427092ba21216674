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


def carry_out(*words: str, small: bool) -> tuple[dict[str, Any], float]:
    """What `ggez sandbox WORDS --json` says, and the minutes that it takes."""
    with tempfile.TemporaryDirectory(prefix="ggez-sandbox-") as folder:
        started = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "sandbox", *words]
        command += ["--out", folder, "--json", *(["--small"] if small else [])]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        minutes = (time.monotonic() - started) / 60
    found: dict[str, Any] = json.loads(done.stdout)
    return found, minutes


def say_minutes(minutes: float, about: int) -> str:
    said = f"{minutes:.1f} minutes, against about {about}."
    many = about * 4 / 3
    if minutes <= many:
        return said
    return f"{said} **That is more than {many:.0f}: on this machine it is not about that.**"
