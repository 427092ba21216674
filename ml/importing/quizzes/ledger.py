"""What an import has taken in so far, on disk: it goes on from there when it was interrupted."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ml import files
from ml.datasets.problems import Problem, Reason
from ml.importing.journal import Journal
from ml.importing.kept_pictures import KeptPictures
from ml.importing.quizzes.examination import Looked
from specs.quiz import QuizItem

VERSION = 1
SAVE_EVERY = 200  # rows


@dataclass(kw_only=True)
class Checkpoint:
    source: str  # of the source and of the specification
    position: int = 0  # how many rows have been taken in
    rows_bytes: int = 0
    problems_bytes: int = 0
    num_passed_over: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


class Ledger:
    def __init__(self, folder: Path, source: str) -> None:
        self.folder = folder
        self.point = _load(folder, source)
        self._rows = Journal(folder / "rows.jsonl", self.point.rows_bytes)
        self._problems = Journal(folder / "problems.jsonl", self.point.problems_bytes)
        self._pictures = KeptPictures(folder)
        self._reasons = Counter(self.point.reasons)
        self._keys = {row["key"] for row in self._rows.read()}

    @property
    def num_questions(self) -> int:
        return len(self._keys)

    @property
    def num_problems(self) -> int:
        return self._reasons.total()

    def take(self, looked: Looked, reference: str) -> None:
        for problem in looked.problems:
            self._note(problem)
        for item in looked.items:
            self._take_item(item, looked, reference)
        self.point.num_passed_over += looked.num_passed_over
        self.point.position += 1
        if self.point.position % SAVE_EVERY == 0:
            self.save()

    def _take_item(self, item: QuizItem, looked: Looked, reference: str) -> None:
        if item.key in self._keys:
            message = f"The key '{item.key}' is of an earlier question."
            self._note(Problem(reference=reference, reason=Reason.REPEATED, message=message))
            return
        facts = item.to_json()
        if looked.picture is not None:
            facts["picture"] = self._pictures.keep(looked.picture, looked.data)
        self._keys.add(item.key)
        self._rows.append(facts)

    def _note(self, problem: Problem) -> None:
        self._reasons[str(problem.reason)] += 1
        self._problems.append(vars(problem))

    def save(self) -> None:
        """Pictures first: a checkpoint that counts one finds it."""
        self._pictures.sync()
        self.point.rows_bytes = self._rows.flush()
        self.point.problems_bytes = self._problems.flush()
        self.point.reasons = dict(self._reasons)
        files.write_json(
            self.folder / "checkpoint.json", {"version": VERSION, **asdict(self.point)}
        )

    def close(self) -> None:
        self._rows.close()
        self._problems.close()

    def list_problems(self) -> list[Problem]:
        return [
            Problem(**each | {"reason": Reason(each["reason"])}) for each in self._problems.read()
        ]

    def list_items(self) -> list[QuizItem]:
        return [QuizItem.model_validate(row) for row in self._rows.read()]


def join_answers(items: Iterable[QuizItem]) -> list[QuizItem]:
    """Each open question accepts what its versions in other languages accept, its own first."""
    every = list(items)
    of_group: dict[str, list[str]] = defaultdict(list)
    for item in every:
        of_group[item.group].extend(item.answers)
    return [
        item
        if item.is_choice
        else item.model_copy(
            update={"answers": tuple(dict.fromkeys([*item.answers, *of_group[item.group]]))}
        )
        for item in every
    ]


def _load(folder: Path, source: str) -> Checkpoint:
    """The last one, if it belongs to this source and specification; else a new beginning."""
    path = folder / "checkpoint.json"
    if path.is_file():
        facts = json.loads(path.read_text("utf-8"))
        if facts.pop("version") == VERSION and facts["source"] == source:
            return Checkpoint(**facts)
    return Checkpoint(source=source)
