import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from ml import digests
from ml.answering import run
from ml.devices import Computing
from ml.loading import quizzes
from ml.loading.families import registry
from ml.loading.pretrained import without_progress_bars
from ml.progress import Progress, Silent
from specs.kinds.answers.answers_generate import AnswersGenerate
from specs.quiz import QuizItem
from tests import tiny_speakers

CPU = Computing("cpu", "fp32", 1)
QUICK: dict[str, Any] = {"threads": 1, "max_new_tokens": 6, "batch_size": 3}
COLOURS = ((220, 30, 20), (20, 40, 220), (30, 200, 40))

Passages = Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A tiny model of each family, made when it is first asked for."""
    root = tmp_path_factory.mktemp("speakers")

    def find(name: str) -> Path:
        folder = root / name
        return folder if folder.exists() else tiny_speakers.BUILDERS[name](folder)

    return find


@pytest.fixture(scope="session")
def llava(folders: Callable[[str], Path]) -> Path:
    return folders("llava")


def move(base: Path, target: Path, *, seed: int = 1, dtype: torch.dtype | None = None) -> Path:
    """The base with weights that were moved a little, all of them."""
    speaker = registry.load(base, CPU)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in speaker.model.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator), alpha=0.1 if seed else 0)
    with without_progress_bars():
        speaker.model.to(dtype or torch.float32).save_pretrained(target)
    speaker.processor.save_pretrained(target)
    return target


@pytest.fixture(scope="session")
def tuned(llava: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return move(llava, tmp_path_factory.mktemp("tuned") / "llava")


def make_items() -> list[QuizItem]:
    """Two choices and two open questions; all but one with a picture."""
    return [
        QuizItem(
            key="dish/1", question="Which dish is this?", options=("Rendang", "Pho", "Satay"),
            answer=0, picture="pictures/0.png", sha256="0" * 64, scope="regional", region="sea",
            country="ID", language="en", category="food", stratum="dish",
        ),
        QuizItem(key="open", question="Where is it eaten, and when?", answers=("in Padang",)),
        QuizItem(
            key="dish/2", question="Which dish is this?", options=("Rendang", "Pho"), answer=1,
            picture="pictures/1.png", sha256="1" * 64,
        ),
        QuizItem(
            key="colour", question="Say its colour.", answers=("green",), picture="pictures/2.png",
            sha256="2" * 64,
        ),
    ]  # fmt: skip


def write_quiz(folder: Path, items: Sequence[QuizItem]) -> Path:
    """With the pictures that its questions name, which get their digests here."""
    (folder / "pictures").mkdir(parents=True)
    whole = []
    for number, item in enumerate(items):
        if item.picture:
            colour = COLOURS[number % len(COLOURS)]
            Image.new("RGB", (40 + 8 * number, 48), colour).save(folder / item.picture)
            digest = digests.of_file(folder / item.picture)
            whole.append(item.model_copy(update={"sha256": digest}))
        else:
            whole.append(item)
    quizzes.write(folder, whole, name="Dishes", licence="CC0-1.0")
    return folder


def make_passages(*texts: str) -> list[dict[str, Any]]:
    return [
        {"id": f"p{number}", "text": text, "title": "", "score": 1 / number}
        for number, text in enumerate(texts, 1)
    ]


@dataclass
class Made:
    out: Path
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> list[dict[str, Any]]:
        lines = (self.out / "outputs.jsonl").read_text("utf-8").split("\n")
        return [json.loads(line) for line in lines if line]

    def read(self, variant: str = "model") -> dict[tuple[str, int], str]:
        return {
            (row["prompt_key"], row["seed"]): row["text"]
            for row in self.rows
            if row["variant"] == variant
        }

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*")) if path.is_file()
        }  # fmt: skip


Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path, llava: Path) -> Make:
    """Answer, in a folder of its own for each `name`."""

    def answer(
        items: Sequence[QuizItem] | None = None,
        *,
        name: str = "run",
        base: Path = llava,
        other: Path | None = None,
        passages: Passages | None = None,
        progress: Progress | None = None,
        **changes: Any,
    ) -> Made:
        folder = tmp_path / name
        if not (folder / "quiz").exists():
            write_quiz(folder / "quiz", make_items() if items is None else items)
        rows = None
        if passages is not None:
            rows = folder / "passages.jsonl"
            lines = ({"key": key, "passages": list(found)} for key, found in passages.items())
            rows.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        made = Made(folder / "out")
        made.result = run.answer(
            AnswersGenerate(**(QUICK | changes)),
            base=base,
            tuned=other,
            quiz=folder / "quiz",
            passages=rows,
            out_dir=made.out,
            state_dir=folder / "state",
            progress=progress or Silent(),
        )
        return made

    return answer
