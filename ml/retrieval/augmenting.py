"""prompts.augment: prompts with facts behind them, and of each what was put in and what was cut."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml import files
from ml.datasets.problems import shown
from ml.loading import prompts as prompt_files
from ml.progress import Progress, word
from ml.retrieval import compressing, folders
from ml.retrieval.compressing import Fact
from ml.retrieval.problems import CannotRetrieve
from specs.kinds.prompts.prompts_augment import PromptsAugment

PROMPTS, RECORD, FACTS = "prompts.jsonl", "augmented.jsonl", "augmentation.json"


class _Found(BaseModel):
    """What is needed of a passage; retrieval writes more."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    language: str = ""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    passages: tuple[_Found, ...] = Field(default=())


def augment(
    spec: PromptsAugment,
    *,
    prompts: Path,
    passages: Path,
    base: Path,
    out_dir: Path,
    state_dir: Path,  # noqa: ARG001 - it takes seconds, and begins anew
    progress: Progress,
) -> dict[str, Any]:
    asked = prompt_files.read(prompts)
    found = read_passages(passages)
    missing = [prompt.key for prompt in asked if prompt.key not in found]
    if missing:
        raise CannotRetrieve(
            f"Nothing was retrieved for {len(missing):,} of the {len(asked):,} prompts, such as "
            f"'{shown(missing[0])}': find passages for the same prompts first."
        )
    room = compressing.open_room(base)
    longer, rows = [], []
    for done, prompt in enumerate(asked):
        progress.check()
        progress.update(done, len(asked), unit=word("prompts"), message=word("Augmenting"))
        facts = _choose(found[prompt.key], spec)
        made = compressing.compress(prompt.text, facts, room, joint=spec.joint)
        longer.append(replace(prompt, text=made.text))
        rows.append({"key": prompt.key, "prompt": prompt.text, **asdict(made)})
    facts_of_all = _describe(rows, room.describe())
    prompt_files.write(out_dir / PROMPTS, longer)
    folders.write_rows(out_dir / RECORD, rows)
    files.write_json(out_dir / FACTS, facts_of_all)
    return facts_of_all


def read_passages(path: Path) -> dict[str, tuple[_Found, ...]]:
    """By the key of what they were found for, best first."""
    found: dict[str, tuple[_Found, ...]] = {}
    for where, line in folders.read_lines(path):
        try:
            row = _Row.model_validate(line)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "row"
            raise CannotRetrieve(
                f"{where} cannot be so: '{shown(field)}': {shown(first['msg'])}."
            ) from error
        if row.key in found:
            raise CannotRetrieve(f"{where} has the key '{shown(row.key)}' a second time.")
        found[row.key] = row.passages
    return found


def _choose(found: tuple[_Found, ...], spec: PromptsAugment) -> list[Fact]:
    fitting = [each for each in found if spec.language in ("", each.language)]
    return [Fact(each.id, each.text) for each in fitting[: spec.num_passages]]


def _describe(rows: list[dict[str, Any]], limits: Mapping[str, int]) -> dict[str, Any]:
    return {
        "num_prompts": len(rows),
        "num_augmented": sum(bool(row["kept"]) for row in rows),
        "num_full": sum(
            any(cut["reason"] == compressing.PROMPT_FULL for cut in row["cut"]) for row in rows
        ),
        "num_kept": sum(len(row["kept"]) for row in rows),
        "num_cut": sum(len(row["cut"]) for row in rows),
        "limits": dict(limits),
    }
