"""What an import has taken in so far, on disk: it goes on from there when it was interrupted.

Rows and problems are appended to two files, and pictures lie under their digests. A checkpoint says
how much of them counts; what was written after it is cut off and written again.
"""

import json
import os
import shutil
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ml import files
from ml.datasets.pictures import Picture
from ml.datasets.problems import Problem, Reason
from ml.importing.outputs.examination import SUFFIXES, Looked

VERSION = 1
PICTURES = "pictures"
SAVE_EVERY = 200  # rows


@dataclass(kw_only=True)
class Checkpoint:
    source: str  # of the source and of the specification
    position: int = 0  # how many rows of the table have been taken in
    rows_bytes: int = 0
    problems_bytes: int = 0
    num_pictures: int = 0
    num_answers: int = 0
    arms: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)


class Ledger:
    def __init__(self, folder: Path, source: str) -> None:
        self.folder = folder
        self.point = _load(folder, source)
        self._arms = Counter(self.point.arms)
        self._reasons = Counter(self.point.reasons)
        self._rows = _reopen(folder / "rows.jsonl", self.point.rows_bytes)
        self._problems = _reopen(folder / "problems.jsonl", self.point.problems_bytes)
        self._kept: set[str] = set()  # since the start of this attempt
        self._unsynced: list[Path] = []

    def take(self, looked: Looked) -> None:
        if looked.problem is not None:
            self._reasons[str(looked.problem.reason)] += 1
            _append(self._problems, vars(looked.problem))
        if looked.row is not None:
            self._arms[looked.row.arm] += 1
            _append(self._rows, self._describe(looked))
        self.point.position += 1
        if self.point.position % SAVE_EVERY == 0:
            self.save()

    def _describe(self, looked: Looked) -> dict[str, Any]:
        """As images.generate writes its own, so that a benchmark reads both."""
        row, picture = looked.row, looked.picture
        assert row is not None, "Only asked of what is taken in."
        common = {
            "variant": row.arm, "prompt_key": row.prompt.key, "prompt": row.prompt.text,
            "seed": row.seed, "scope": row.prompt.scope,
        }  # fmt: skip
        file = self._keep(picture, looked.data) if picture is not None else None
        measured: dict[str, Any] = {}
        if picture is not None:
            size = {"width": picture.width, "height": picture.height}
            measured = {"sha256": picture.sha256, **size}
        if not row.text:
            self.point.num_pictures += 1
            return {**row.more, **common, "file": file, **measured}
        self.point.num_answers += 1
        question = {f"question_{name}": value for name, value in measured.items()}
        return {**row.more, **common, "text": row.text, "question_file": file, **question}

    def _keep(self, picture: Picture, data: bytes) -> str:
        """The same picture is kept once, however many rows name it."""
        name = f"{PICTURES}/{picture.sha256[:2]}/{picture.sha256}.{SUFFIXES[picture.format]}"
        if name not in self._kept:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            self._kept.add(name)
            self._unsynced.append(path)
        return name

    def save(self) -> None:
        """Pictures first: a checkpoint that counts one finds it."""
        for path in self._unsynced:
            files.sync(path)
        self._unsynced.clear()
        self.point.rows_bytes = _flush(self._rows)
        self.point.problems_bytes = _flush(self._problems)
        self.point.arms, self.point.reasons = dict(self._arms), dict(self._reasons)
        files.write_json(
            self.folder / "checkpoint.json", {"version": VERSION, **asdict(self.point)}
        )

    def close(self) -> None:
        self._rows.close()
        self._problems.close()

    @property
    def num_problems(self) -> int:
        return self._reasons.total()

    def list_problems(self) -> list[Problem]:
        with (self.folder / "problems.jsonl").open("rb") as lines:
            found = [json.loads(line) for line in lines]
        return [Problem(**each | {"reason": Reason(each["reason"])}) for each in found]

    def publish(self, out_dir: Path) -> int:
        """Returns the size of all pictures. What a beginning that did not count left behind is in
        no row, and stays where it is.
        """
        out_dir.mkdir(parents=True, exist_ok=True)
        # A copy: this one is appended to when the attempt fails yet.
        shutil.copyfile(self.folder / "rows.jsonl", out_dir / "outputs.jsonl")
        names: set[str] = set()
        with (out_dir / "outputs.jsonl").open("rb") as rows:
            for row in map(json.loads, rows):
                names |= {name for name in (row.get("file"), row.get("question_file")) if name}
        for name in sorted(names):
            files.place(self.folder / name, out_dir / name)
        return sum((out_dir / name).stat().st_size for name in names)


def _load(folder: Path, source: str) -> Checkpoint:
    """The last one, if it belongs to this source and specification; else a new beginning."""
    path = folder / "checkpoint.json"
    if path.is_file():
        facts = json.loads(path.read_text("utf-8"))
        if facts.pop("version") == VERSION and facts["source"] == source:
            return Checkpoint(**facts)
    return Checkpoint(source=source)


def _reopen(path: Path, num_bytes: int) -> BinaryIO:
    """To append behind what the checkpoint counts."""
    path.touch()
    os.truncate(path, num_bytes)
    return path.open("ab")


def _append(file: BinaryIO, values: dict[str, Any]) -> None:
    line = json.dumps(values, ensure_ascii=False, allow_nan=False)
    file.write(f"{line}\n".encode())


def _flush(file: BinaryIO) -> int:
    file.flush()
    os.fsync(file.fileno())
    return file.tell()
