"""The knowledge base: what the world's passages say, as a folder that knowledge.index reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml import files
from sandbox.answers import passages
from sandbox.answers.quizzes import LICENCE, REGION
from sandbox.world import facts
from sandbox.world.concepts import BY_KEY
from specs import knowledge
from specs.knowledge import PassageLine

NAME = "Sandbox knowledge"


def write(folder: Path) -> dict[str, Any]:
    lines = list(list_lines())
    folder.mkdir(parents=True, exist_ok=True)
    files.write_text(folder / knowledge.PASSAGES_FILE, knowledge.write(lines))
    said = knowledge.describe(NAME, lines)
    files.write_json(folder / knowledge.FACTS_FILE, said)
    return said


def list_lines() -> Iterator[PassageLine]:
    for each in passages.list_passages():
        thing = BY_KEY[each.concept]
        yield PassageLine(
            text=each.text,
            title=facts.call(each.concept, each.language),
            region=REGION if thing.scope == "regional" else "",
            country=thing.countries[0] if thing.countries else "",
            language=each.language,
            source="sandbox",
            licence=LICENCE,
        )
