"""Makes the answers of the sandbox's study anew, by its recipe for answers: what the base and the
chosen merge said to the study's questions, each alone and with what was found.

Out come outputs.jsonl and prompts.jsonl as an import writes them, and the pictures that are asked
about. Each row has `judged`: 1 where the whole answer is the quiz's, apart from case, signs and
articles, else 0. Raters never learn it; raters who are simulated start from it.
"""

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sandbox.study import arms, content, making
from sandbox.study.asked import Asked, list_asked
from sandbox.study.content import Content
from sandbox.study.making import Row
from specs.recipe import Recipe
from stats.answers import open_ended

RECIPE = "sandbox-answers"
ALONE, RETRIEVED = "answer-to-report", "answer-retrieved"
SEED, PRACTICE_SEED = 0, 1
_NEEDED = frozenset({"draw", "tune", "index", "find-passages", ALONE, RETRIEVED})
_KEPT = ("beta", "passages", "question_file", "question_sha256", "num_tokens", "finished")


def shorten(recipe: Recipe, folder: Path) -> Recipe:  # noqa: ARG001 - as of pictures
    """The steps that answer, as they stand: what a run in the same folder has made is found again.
    Nothing is scored and nothing is chosen.
    """
    steps = tuple(step for step in recipe.steps if step.name in _NEEDED)
    return Recipe(name=recipe.name, steps=steps)


def write(alone: Path, retrieved: Path, folder: Path) -> dict[str, Any]:
    """`alone` and `retrieved`: what the steps of these names wrote. What lies at `folder` is
    replaced by what is made.
    """
    said, questions = content.read("answers"), list_asked()
    lines = [each.to_line() for each in questions]

    def make_rows(new: Path) -> Iterator[Row]:
        yield from _take(alone, questions, new, is_retrieved=False)
        yield from _take(retrieved, questions, new, is_retrieved=True)
        yield from _practise(alone, questions, said, new)

    return making.write_folder(folder, lines, make_rows)


def judge(asked: Asked, text: str) -> float:
    return float(bool(open_ended.read(text, [asked.accepted], asked.language).is_match))


def _take(
    outputs: Path, questions: Sequence[Asked], new: Path, *, is_retrieved: bool
) -> Iterator[Row]:
    made = {(row["beta"], row["prompt_key"]): row for row in making.read_rows(outputs)}
    for beta in arms.ASKED_BETAS:
        arm = arms.name_answering(beta, is_retrieved=is_retrieved)
        for asked in questions:
            row = made[beta, asked.key]
            _copy(outputs / row["question_file"], new / row["question_file"])
            kept = {name: row[name] for name in _KEPT if name in row}
            yield {**_tell(asked, arm, row["text"], SEED), **kept}


def _practise(outputs: Path, questions: Sequence[Asked], said: Content, new: Path) -> Iterator[Row]:
    """Answers that nobody gave, about the same pictures."""
    asked_by_key = {each.key: each for each in questions}
    files = {row["prompt_key"]: row["question_file"] for row in making.read_rows(outputs)}
    for each in said.practice:
        file = files[each.prompt_key]
        _copy(outputs / file, new / file)
        sha256 = hashlib.sha256((new / file).read_bytes()).hexdigest()
        row = _tell(asked_by_key[each.prompt_key], each.arm, each.text, PRACTICE_SEED)
        yield {**row, "question_file": file, "question_sha256": sha256}


def _tell(asked: Asked, arm: str, text: str, seed: int) -> Row:
    line = asked.to_line()
    return {
        "variant": arm,
        "prompt_key": asked.key,
        "prompt": line.text,
        "seed": seed,
        "scope": line.scope,
        "text": text,
        "judged": judge(asked, text),
    }


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
