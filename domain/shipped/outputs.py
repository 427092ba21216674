"""Outputs that come with the product: pictures by models that are not here, and their prompts.

A folder as an import writes it: outputs.jsonl, prompts.jsonl, and the pictures that the table
names.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from domain.outputs import importing
from domain.outputs.importing import Imported
from domain.prompts import reading
from domain.prompts import service as prompts
from domain.prompts.models import PromptSet
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.shipped import files
from domain.shipped.files import FOLDER
from domain.variants import service as variants
from domain.variants.models import Variant

TABLE, PROMPTS = "outputs.jsonl", "prompts.jsonl"


def record(session: Session, settings: Settings, folder: Path, *, name: str) -> Imported:
    """A prompt set, a model for each arm, and a row for each picture. Whoever took a name keeps it;
    what comes with the product gets a number.
    """
    artifact = files.publish(session, settings, folder, "outputs", files.measure(folder))
    rows = list(_read_rows(folder))
    (free,) = shelf.list_free_names(session, PromptSet, [name])
    lines = reading.read((folder / PROMPTS).read_text("utf-8"))
    prompt_set = prompts.add(session, name=free, lines=lines, source=FOLDER, actor=None)
    arms = list(dict.fromkeys(row["variant"] for row in rows))
    names = shelf.list_free_names(session, Variant, arms)
    by_arm = {
        arm: variants.record_external(session, called, job=None)
        for arm, called in zip(arms, names, strict=True)
    }
    num_new = importing.insert_rows(session, rows, prompt_set, by_arm, artifact, job=None)
    return Imported(prompt_set=prompt_set, variants=by_arm, num_new=num_new)


def _read_rows(folder: Path) -> Iterator[dict[str, Any]]:
    with (folder / TABLE).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
