"""What the shipped model says does not depend on what is asked beside it."""

import json
import shutil
from pathlib import Path

import pytest

from ml.answering import run as answering
from ml.loading import quizzes
from ml.progress import Silent
from ml.retrieval import run as retrieval
from sandbox import assets
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.kinds.knowledge.knowledge_index import KnowledgeIndex
from specs.kinds.knowledge.knowledge_retrieve import KnowledgeRetrieve

EVERY = 9  # of the questions: odd, so that both languages are among them
LARGE = 64  # batches, as the sandbox has them: in smaller ones little is filled up
QUIET = Silent()


@pytest.fixture(scope="module")
def quiz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the quiz on which the sandbox reports."""
    whole, folder = assets.get("sandbox-quiz-report"), tmp_path_factory.mktemp("few") / "quiz"
    shutil.copytree(whole / quizzes.PICTURES, folder / quizzes.PICTURES)
    quizzes.write(folder, quizzes.read(whole).items[::EVERY], name="Few", licence="CC0-1.0")
    return folder


@pytest.fixture(scope="module")
def passages(quiz: Path) -> Path:
    """As the sandbox looks them up."""
    folder = quiz.parent
    retrieval.index(
        KnowledgeIndex(), knowledge=assets.get("sandbox-knowledge"), out_dir=folder / "index",
        state_dir=folder / "state", progress=QUIET,
    )  # fmt: skip
    retrieval.retrieve(
        KnowledgeRetrieve(method="lexical", num_passages=3), knowledge=folder / "index", quiz=quiz,
        out_dir=folder, state_dir=folder / "state", progress=QUIET,
    )  # fmt: skip
    return folder / "passages.jsonl"


def answer(quiz: Path, passages: Path | None, batch_size: int, folder: Path) -> dict[str, str]:
    answering.answer(
        AnswersGenerate(
            batch_size=batch_size, max_new_tokens=8, num_passages=3, device="cpu", threads=1
        ),
        base=assets.get("sandbox-answers-base"), quiz=quiz, passages=passages,
        out_dir=folder / f"{batch_size}", state_dir=folder / f"{batch_size}.state", progress=QUIET,
    )  # fmt: skip
    lines = (folder / f"{batch_size}" / "outputs.jsonl").read_text("utf-8").splitlines()
    return {row["prompt_key"]: row["text"] for row in map(json.loads, lines)}


@pytest.mark.parametrize("is_retrieved", [False, True])
def test_the_trained_model_says_in_a_batch_what_it_says_alone(
    quiz: Path, passages: Path, tmp_path: Path, *, is_retrieved: bool
) -> None:
    looked_up = passages if is_retrieved else None
    together, alone = (answer(quiz, looked_up, size, tmp_path) for size in (LARGE, 1))
    assert together == alone
    assert len(alone) > 150
    assert len(set(alone.values())) > 30  # who says one thing always proves nothing
