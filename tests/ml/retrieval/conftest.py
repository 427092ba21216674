from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from tests import knowledge, tiny_encoders
from tests.knowledge import Shelf


@dataclass(frozen=True)
class World:
    """The multilingual fixture, indexed with and without an encoder, and its questions."""

    base: Path
    quiz: Path
    encoder: Path
    index: Path
    words: Path
    queries: Path


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("knowledge")
    passages = knowledge.read("passages")
    base = knowledge.write_knowledge(root / "base", passages)
    questions = {each["key"]: each["question"] for each in knowledge.read("questions")}
    quiz = knowledge.write_quiz(root / "quiz", questions)
    texts = [f"{each['title']} {each['text']}" for each in passages]
    encoder = tiny_encoders.build_sentences(root / "encoder", texts)
    shelf = Shelf(root)
    yield World(
        base=base,
        quiz=quiz,
        encoder=encoder,
        index=shelf.index(base, encoder),
        words=shelf.index(base),
        queries=shelf.embed(encoder, quiz=quiz),
    )
    torch.set_num_threads(threads)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)
