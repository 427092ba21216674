"""Commands of the sandbox, carried out in a process of their own and timed, and what they show in
Markdown, held to limits.
"""

import argparse
import json
import operator
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.plain.sandbox import showing
from stats.frontier.retention import AT_LEAST

_HOLDS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "is": operator.is_}


@dataclass(frozen=True, kw_only=True)
class Limit:
    what: str
    found: float | None
    sign: str = ">="
    limit: float

    @property
    def holds(self) -> bool:
        return self.found is not None and bool(_HOLDS[self.sign](self.found, self.limit))


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


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def print_trade_off(facts: Mapping[str, Any]) -> None:
    print_table(showing.HEADER, showing.list_rows(facts))


def find_chosen(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of the merge that was chosen on the other half."""
    found: Mapping[str, Any] = next(
        row for row in facts["rows"] if row["variant"] == facts["chosen"]["variant"]
    )
    return found


def limit_chosen(facts: Mapping[str, Any], least_gain: float) -> tuple[Limit, Limit]:
    """What every arm promises of the chosen merge."""
    chosen = find_chosen(facts)
    # The base itself, when it stays, gains nothing and keeps all.
    gained = (chosen["gain"] or {"value": 0.0})["value"]
    kept = (chosen["retention"] or {"value": 1.0})["value"]
    return (
        Limit(what="gain of the chosen merge", found=gained, limit=least_gain),
        Limit(what="retention of the chosen merge", found=kept, limit=AT_LEAST),
    )


def check(limits: Sequence[Limit]) -> bool:
    """Prints each, and says whether all hold."""
    print_table(
        ("what", "found", "limit"),
        [(each.what, say_number(each.found), _say_limit(each)) for each in limits],
    )
    return all(each.holds for each in limits)


def say_number(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, bool) else f"{value:.4g}"


def _say_limit(limit: Limit) -> str:
    said = say_number(limit.limit)
    return said if limit.sign == "is" else f"{limit.sign} {said}"
