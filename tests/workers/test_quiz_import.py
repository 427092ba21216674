"""quiz.import through the real runtime and a real child process. That it is cancelled and taken
over is tested with the other kinds of the answers arm.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.benchmarks import quizzes
from domain.benchmarks.models import Benchmark, QuizQuestion
from domain.jobs.models import JobState
from domain.launches import finding
from domain.prompts.models import Prompt, PromptSet
from domain.shelf import service as shelf
from specs.inputs import Input
from specs.kinds.quiz.quiz_import import QuizImport
from tests import pictures
from workers.settings import WorkerSettings

from .conftest import Bench

ROWS: tuple[dict[str, Any], ...] = (
    {"key": "a", "question": "What is it?", "options": ["bread", "rice"], "answer": "B",
     "image": "a.png", "country": "ID", "language": "id", "category": "food"},
    {"key": "b", "question": "Where is it?", "answers": ["Bali"], "country": "ID",
     "language": "en"},
    {"key": "c", "question": "", "answers": ["Bali"], "country": "ID", "language": "en"},
)  # fmt: skip


def write_source(inbox: Path) -> None:
    folder = inbox / "asked"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(pictures.png(40, 30))
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS)
    (folder / "questions.jsonl").write_text(lines, "utf-8")


def make_spec(**changes: Any) -> QuizImport:
    values = {"name": "Asked", "source": "asked", "licence": "CC0-1.0", "region": "sea"}
    return QuizImport.model_validate(values | changes)


def count_rows(session: Session) -> list[int]:
    tables = (Benchmark.id, PromptSet.id, Prompt.id, QuizQuestion.prompt_id)
    return [session.scalar(select(func.count(column))) or 0 for column in tables]


def test_a_quiz_becomes_a_benchmark_with_a_prompt_for_each_question(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    job = bench.run(make_spec())
    assert job.state == JobState.SUCCEEDED, job.error
    assert job.result is not None
    assert bench.do(count_rows) == [1, 1, 2, 2]
    quiz = bench.do(shelf.find_by_name, Benchmark, "Asked")
    assert (job.result["benchmark_id"], job.result["num_problems"]) == (str(quiz.id), 1)
    assert (quiz.format, quiz.scope, quiz.n_questions, quiz.job_id) == (
        "quiz", "regional", 2, job.id,
    )  # fmt: skip
    assert (quiz.summary["licence"], quiz.summary["num_problems"]) == ("CC0-1.0", 1)
    first, second = bench.do(quizzes.list_questions, quiz, where={})
    assert first.prompt.text == "What is it?\nA. bread\nB. rice"
    assert (first.prompt.region, first.prompt.country, first.right) == ("sea", "ID", ["rice"])
    assert (second.prompt.text, second.right) == ("Where is it?", ["Bali"])
    data, media_type = bench.do(quizzes.read_picture, quiz, 0)
    assert (data, media_type) == (pictures.png(40, 30), "image/png")
    found = bench.do(finding.find, Input(name="quiz", what="quiz"), "Asked")
    assert found.row.id == quiz.id


def test_a_name_that_is_taken_is_told_before_anything_is_read(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    bench.run(make_spec())
    again = bench.run(make_spec())
    assert again.state == JobState.FAILED
    assert again.error is not None
    assert again.error["message"].startswith("There is already a benchmark named 'Asked'.")
    assert bench.do(count_rows) == [1, 1, 2, 2]


def test_what_holds_no_question_fails_with_the_rows_and_leaves_nothing(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    folder = worker_settings.inbox / "asked"
    folder.mkdir(parents=True)
    (folder / "questions.jsonl").write_text(f"{json.dumps(ROWS[2])}\n")
    job = bench.run(make_spec())
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.error is not None
    assert "can be imported" in job.error["message"]
    assert bench.do(count_rows) == [0, 0, 0, 0]
