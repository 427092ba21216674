"""What a filter needs to go on where it stopped: written after each part, all or nothing."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 2
FILE = "checkpoint.json"


@dataclass(kw_only=True)
class Checkpoint:
    work: str  # what is filtered, with what and how: another work begins anew
    position: int = 0  # how much of the source has been taken in
    digest: str = ""  # of the kept items so far, hexadecimal
    num_parts: int = 0
    num_rejected_parts: int = 0
    counts: dict[str, Any] = field(default_factory=dict)
    funnel: list[dict[str, Any]] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)
    rejected_sample: list[dict[str, Any]] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)  # stage -> what it goes on from
    notes: list[str] = field(default_factory=list)


def load(state_dir: Path, work: str) -> Checkpoint:
    path = state_dir / FILE
    if path.is_file():
        facts = json.loads(path.read_text("utf-8"))
        if facts.pop("version") == VERSION and facts["work"] == work:
            return Checkpoint(**facts)
    return Checkpoint(work=work)


def save(state_dir: Path, checkpoint: Checkpoint) -> None:
    path = state_dir / FILE
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, **vars(checkpoint)}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
