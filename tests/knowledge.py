"""Passages and questions in six languages, and what is made of them with few words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.loading import quizzes
from ml.progress import Silent
from ml.retrieval import folders, run
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve
from specs.kinds.questions.questions_embed import QuestionsEmbed
from specs.quiz import QuizItem

FILES = Path(__file__).parent / "data" / "knowledge"


def read(name: str) -> list[dict[str, Any]]:
    lines = (FILES / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def write_knowledge(folder: Path, passages: list[dict[str, Any]], name: str = "Around") -> Path:
    folder.mkdir(parents=True)
    folders.write_rows(folder / "passages.jsonl", passages)
    facts = {"name": name, "digest": "0" * 64, "num_passages": len(passages)}
    (folder / "knowledge.json").write_text(json.dumps(facts), "utf-8")
    return folder


def write_quiz(folder: Path, questions: Mapping[str, str], **more: Any) -> Path:
    """By key."""
    items = [
        QuizItem(key=key, question=text, answers=("yes",), **more)
        for key, text in questions.items()
    ]
    quizzes.write(folder, items, name="Questions", licence="CC0-1.0")
    return folder


@dataclass
class Shelf:
    """Runs the kinds, each into a folder of its own."""

    root: Path
    number: int = 0

    def _call(self, function: Callable[..., dict[str, Any]], spec: Any, **given: Any) -> Path:
        self.number += 1
        out = self.root / f"{self.number}-{spec.kind}"
        out.mkdir()
        state = self.root / f"{self.number}-state"
        function(spec, out_dir=out, state_dir=state, progress=Silent(), **given)
        return out

    def index(self, knowledge: Path, encoder: Path | None = None, **values: Any) -> Path:
        spec = KnowledgeIndex(**values)
        return self._call(run.index, spec, knowledge=knowledge, encoder=encoder)

    def embed(self, encoder: Path, **given: Any) -> Path:
        inputs = {name: given.pop(name) for name in ("quiz", "prompts") if name in given}
        return self._call(run.embed_questions, QuestionsEmbed(**given), encoder=encoder, **inputs)

    def retrieve(self, knowledge: Path, **given: Any) -> Path:
        names = ("quiz", "prompts", "queries", "ranks")
        inputs = {name: given.pop(name) for name in names if name in given}
        spec = KnowledgeRetrieve(**given)
        return self._call(run.retrieve, spec, knowledge=knowledge, **inputs)


def read_found(folder: Path) -> dict[str, list[dict[str, Any]]]:
    lines = (folder / "passages.jsonl").read_text("utf-8").splitlines()
    return {row["key"]: row["passages"] for row in map(json.loads, lines)}
