"""Asks a judge everything that was not answered yet, and keeps each batch of answers at once.

The same picture and question are asked once, however many variants or items share them. Batches
are cut from the full plan, never from what remains: a run that was interrupted asks in the same
company as one that was not, and so gets the same answers.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from ml.benchmarks.judging import Asked, Judge, Reply
from ml.benchmarks.problems import BenchmarkImpossible
from ml.progress import Progress, word

_Key = tuple[str, str]
"""Digest of the picture, question."""


class AnswerStore:
    """Answers of one judge in a file that only grows; of a line cut off, nothing is believed."""

    def __init__(self, path: Path, judge: str) -> None:
        self._path = path
        self._judge = judge
        self._known: dict[_Key, Reply] = {}
        self._read()

    def find(self, asked: Asked) -> Reply | None:
        return self._known.get(_key(asked))

    def keep(self, batch: Sequence[Asked], replies: Sequence[Reply]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            for asked, reply in zip(batch, replies, strict=True):
                facts = [self._judge, asked.sha256, asked.question, reply.answer, reply.raw]
                file.write(json.dumps(facts, ensure_ascii=False) + "\n")
                self._known[_key(asked)] = reply

    def _read(self) -> None:
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            self._path.write_bytes(whole)
        for line in whole.decode("utf-8").split("\n"):
            if line:
                judge, sha256, question, answer, raw = json.loads(line)
                if judge == self._judge:
                    self._known[sha256, question] = Reply(answer, raw)


def ask(
    judge: Judge, plan: Sequence[Asked], *, batch_size: int, folder: Path, progress: Progress
) -> list[Reply]:
    """A reply for each, in order."""
    if not judge.is_repeatable:
        return _ask_directly(judge, plan, batch_size, progress)
    folder.mkdir(parents=True, exist_ok=True)
    store = AnswerStore(folder / "answers.jsonl", judge.digest)
    unique = list({_key(asked): asked for asked in reversed(plan)}.values())[::-1]
    done = 0
    for batch in _cut(unique, batch_size):
        progress.check()
        if any(store.find(asked) is None for asked in batch):
            store.keep(batch, _answer(judge, batch))
        done += len(batch)
        progress.update(done, len(unique), unit=word("questions"))
    replies = [store.find(asked) for asked in plan]
    assert None not in replies, "Every question of the plan was in a batch."
    return [reply for reply in replies if reply is not None]


def _ask_directly(
    judge: Judge, plan: Sequence[Asked], batch_size: int, progress: Progress
) -> list[Reply]:
    replies: list[Reply] = []
    for batch in _cut(plan, batch_size):
        progress.check()
        replies += _answer(judge, batch)
        progress.update(len(replies), len(plan), unit=word("questions"))
    return replies


def _answer(judge: Judge, batch: Sequence[Asked]) -> list[Reply]:
    replies = judge.answer(batch)
    if len(replies) != len(batch):
        raise BenchmarkImpossible(
            f"The judge gave {len(replies)} answers to {len(batch)} questions."
        )
    return replies


def _cut(plan: Sequence[Asked], size: int) -> Iterator[Sequence[Asked]]:
    for start in range(0, len(plan), size):
        yield plan[start : start + size]


def _key(asked: Asked) -> _Key:
    return asked.sha256, asked.question
