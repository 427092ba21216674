"""What answering together brings: the same questions one by one, and in batches.

    .venv/bin/python -m benchmarks.answering --questions 32

Tiny models of every family with random weights, questions of different lengths with pictures, one
thread. Both ways alternate in one process; the ratio of the medians is what counts, the rates
depend on the machine.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch
from PIL import Image

from ml import digests
from ml.answering import plan
from ml.answering.answerer import Answerer
from ml.answering.preparation import Preparation
from ml.devices import Computing
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.quizzes import Quiz
from ml.progress import Silent
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.quiz import QuizItem
from tests import tiny_speakers

LEAST_GAIN = 2.0
NUM_QUESTIONS, NUM_ROUNDS = 32, 3
SMALL = ("llava",)
TOGETHER = 16
NUM_TOKENS = 16
CPU = Computing("cpu", "fp32", 1)


def write_quiz(folder: Path, num_questions: int) -> Quiz:
    (folder / "pictures").mkdir(parents=True)
    items = []
    for number in range(num_questions):
        picture = f"pictures/{number}.png"
        Image.effect_noise((40, 48), 60).convert("RGB").save(folder / picture)
        items.append(
            QuizItem(
                key=str(number), question="Which dish is this? " * (1 + number % 4),
                options=("Rendang", "Pho", "Satay"), answer=0, picture=picture,
                sha256=digests.of_file(folder / picture),
            )
        )  # fmt: skip
    quizzes.write(folder, items, name="Benchmark", licence="CC0-1.0")
    return quizzes.read(folder)


def measure(answerer: Answerer, preparation: Preparation, quiz: Quiz, batch_size: int) -> float:
    """From a question to its text; loading the model happens once however many there are."""
    planned = plan.make(
        quiz.items, {}, seeds=(0,), batch_size=batch_size, measure=preparation.measure
    )
    began = time.perf_counter()
    for batch in planned.batches:
        answerer.answer(batch, Silent())
    return time.perf_counter() - began


def compare(folder: Path, quiz: Quiz, rounds: int) -> tuple[float, float]:
    """Answers a second, alone and together."""
    speaker = registry.load(folder, CPU)
    spec = AnswersGenerate(max_new_tokens=NUM_TOKENS, batch_size=TOGETHER)
    preparation = Preparation(speaker, quiz, spec)
    answerer = Answerer(speaker, preparation, spec, CPU)
    measure(answerer, preparation, quiz, TOGETHER)
    taken: dict[int, list[float]] = {1: [], TOGETHER: []}
    for _ in range(rounds):
        for size, times in taken.items():
            times.append(measure(answerer, preparation, quiz, size))
    alone, together = (len(quiz.items) / statistics.median(times) for times in taken.values())
    return alone, together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="One family, and held to no limit.")
    small = parser.parse_args().small
    families = SMALL if small else list(tiny_speakers.BUILDERS)
    torch.set_num_threads(1)
    gains = []
    print(
        f"## Answering\n\n{NUM_QUESTIONS} questions with pictures, {NUM_TOKENS} tokens each, "
        f"tiny models, one thread, medians of {NUM_ROUNDS} rounds.\n"
    )
    print(f"| answers a second | alone | {TOGETHER} together | gain |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        quiz = write_quiz(Path(name) / "quiz", NUM_QUESTIONS)
        for family in families:
            folder = tiny_speakers.BUILDERS[family](Path(name) / family)
            alone, together = compare(folder, quiz, NUM_ROUNDS)
            gains.append(together / alone)
            print(f"| {family} | {alone:.1f} | {together:.1f} | {gains[-1]:.1f} |", flush=True)
    print(f"\nThe smallest gain is {min(gains):.1f}; at least {LEAST_GAIN:g} is the limit.")
    sys.exit(not small and min(gains) < LEAST_GAIN)


if __name__ == "__main__":
    main()
