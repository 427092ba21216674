"""What an import needs to go on where it stopped: written after each shard, all or nothing."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
FILE = "checkpoint.json"


@dataclass(kw_only=True)
class Checkpoint:
    source: str  # fingerprints of the source and of the specification
    position: int = 0  # how much of the source has been taken in
    digest: str = ""  # of the items so far, hexadecimal
    num_shards: int = 0
    num_problem_files: int = 0
    counts: dict[str, Any] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def load(state_dir: Path, source: str) -> Checkpoint:
    """The last one, if it belongs to this source and specification; else a new beginning."""
    path = state_dir / FILE
    if path.is_file():
        facts = json.loads(path.read_text("utf-8"))
        if facts.pop("version") == VERSION and facts["source"] == source:
            return Checkpoint(**facts)
    return Checkpoint(source=source)


def save(state_dir: Path, checkpoint: Checkpoint) -> None:
    path = state_dir / FILE
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, **vars(checkpoint)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
