"""The measurement itself, in its smallest form; `make prove` asks it about every family."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_questions_together_are_answered_at_least_twice_as_fast() -> None:
    words = ["--questions", "32", "--rounds", "3", "--families", "llava"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.answering", *words],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "at least 2 is the limit" in done.stdout
