"""The picture that shows what a sweep did: prompts down, betas across."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml import files
from ml.generation import contact_sheet
from ml.generation.contact_sheet import Sheet, SheetRow

# A person should see the motifs arrive, and the rest stay.
_NUM_REGIONAL, _NUM_GLOBAL = 9, 3


def draw(outputs: Path, path: Path) -> Path:
    """From the folder of a sweep: the first seed of prompts from all strata."""
    with (outputs / "outputs.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    betas = sorted({row["beta"] for row in rows})
    seed = min(row["seed"] for row in rows)
    by_place = {
        (row["prompt_key"], row["beta"]): outputs / row["file"]
        for row in rows
        if row["seed"] == seed
    }
    sheet = Sheet(
        title="What each merge draws",
        columns=tuple(f"beta {beta:g}" for beta in betas),
        rows=tuple(
            SheetRow(
                prompt["prompt"],
                prompt["stratum"] or prompt["scope"],
                tuple(by_place.get((prompt["prompt_key"], beta)) for beta in betas),
            )
            for prompt in _choose_prompts(rows)
        ),
    )
    picture = io.BytesIO()
    contact_sheet.draw(sheet).save(picture, "PNG")
    files.write_bytes(path, picture.getvalue())
    return path


def _choose_prompts(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each thing at most once; regional ones first, their strata in turn."""
    firsts: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        firsts.setdefault(row["category"], row)
    regional = [row for row in firsts.values() if row["scope"] == "regional"]
    other = [row for row in firsts.values() if row["scope"] == "global"]
    return [*_take_evenly(regional, _NUM_REGIONAL), *other[:_NUM_GLOBAL]]


def _take_evenly(rows: Sequence[Mapping[str, Any]], wanted: int) -> list[Mapping[str, Any]]:
    by_stratum: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_stratum.setdefault(row["stratum"], []).append(row)
    each = -(-wanted // max(1, len(by_stratum)))
    return [row for of_stratum in by_stratum.values() for row in of_stratum[:each]][:wanted]
