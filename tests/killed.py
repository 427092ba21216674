"""Computations that are killed at a moment which is different in every run: some time after some
file appeared, so in a step, between two, or while the next checkpoint is written.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from specs.job import JobSpec

ROOT = Path(__file__).resolve().parents[1]
LONGEST_DELAY_S = 0.1  # about what two steps of a tiny model take

# Kills itself from a thread: from outside it may be over before a busy machine gets to it.
_CHILD = """
import importlib, json, os, signal, sys, threading, time, torch
from pathlib import Path
torch.set_num_threads(1)
from ml.progress import Silent
from specs import registry

function, kind, spec, paths, after, delay = json.loads(sys.stdin.read())

def kill():
    while not os.path.exists(after):
        time.sleep(0.002)
    time.sleep(delay)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=kill, daemon=True).start()
module, name = function.split(":")
compute = getattr(importlib.import_module(module), name)
compute(registry.find_spec(kind).model_validate(spec), progress=Silent(),
        **{name: path and Path(path) for name, path in paths.items()})
"""


def draw() -> random.Random:
    """KILL_SEED repeats a run; it is shown when the test fails."""
    seed = int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(2**32))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    return random.Random(seed)


def run(
    function: str,
    spec: JobSpec,
    paths: Mapping[str, Path | None],
    *,
    after: Path,
    chance: random.Random,
) -> None:
    """'module:function' with these paths, killed a while after `after` appeared."""
    told = {name: path and str(path) for name, path in paths.items()}
    delay = chance.uniform(0, LONGEST_DELAY_S)
    asked = [function, spec.kind, spec.model_dump(mode="json"), told, str(after), delay]
    ended = subprocess.run(
        [sys.executable, "-c", _CHILD],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        input=json.dumps(asked),
        text=True,
        check=False,
    ).returncode
    assert ended == -signal.SIGKILL
