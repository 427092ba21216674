"""What an import has taken in so far, on disk: it goes on from there when it was interrupted.

Rows and problems are appended to two files, and pictures lie under their digests. A checkpoint says
how much of them counts; what was written after it is cut off and written again.
"""

import json
import shutil
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ml import files
from ml.datasets.problems import Problem, Reason
from ml.importing.journal import Journal
from ml.importing.kept_pictures import KeptPictures
from ml.importing.outputs.examination import Looked

VERSION = 1
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
        self._rows = Journal(folder / "rows.jsonl", self.point.rows_bytes)
        self._problems = Journal(folder / "problems.jsonl", self.point.problems_bytes)
        self._pictures = KeptPictures(folder)

    def take(self, looked: Looked) -> None:
        if looked.problem is not None:
            self._reasons[str(looked.problem.reason)] += 1
            self._problems.append(vars(looked.problem))
        if looked.row is not None:
            self._arms[looked.row.arm] += 1
            self._rows.append(self._describe(looked))
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
        file = self._pictures.keep(picture, looked.data) if picture is not None else None
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

    def save(self) -> None:
        """Pictures first: a checkpoint that counts one finds it."""
        self._pictures.sync()
        self.point.rows_bytes = self._rows.flush()
        self.point.problems_bytes = self._problems.flush()
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
        return [
            Problem(**each | {"reason": Reason(each["reason"])}) for each in self._problems.read()
        ]

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
