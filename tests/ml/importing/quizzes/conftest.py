"""An importer of quizzes that takes the specification's fields as they are given."""

from pathlib import Path
from typing import Any

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from ml.importing.quizzes.run import import_quiz
from ml.loading import quizzes
from ml.loading.quizzes import Quiz
from ml.progress import Silent
from specs.kinds.quiz.quiz_import import QuizImport


class Importer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = {}

    def run(self, source: Path, progress: Any = None, **given: Any) -> Quiz:
        spec = QuizImport.model_validate(
            {"name": "Quiz", "source": "quiz", "licence": "CC-BY-4.0", "region": "sea"} | given
        )
        out = self.folder / "out"
        self.facts = import_quiz(
            spec,
            path=str(source),
            region=regions.get_region(Settings(), spec.region) if spec.region else None,
            out_dir=out,
            state_dir=self.folder / "state",
            progress=progress or Silent(),
        )
        return quizzes.read(out)

    @property
    def reasons(self) -> dict[str, int]:
        lines = (self.folder / "out" / "problems.jsonl").read_text("utf-8").splitlines()
        assert len(lines) == self.facts["num_problems"]
        found: dict[str, int] = self.facts["reasons"]
        return found


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path / "import")
