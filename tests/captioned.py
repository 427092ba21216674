"""Data sets of drawn pictures with captions, imported as anybody's."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures

LANGUAGES = ("en", "id", "th")


def write_translated(folder: Path, num_pictures: int) -> Path:
    """Every picture in English, the second and third of three in further languages."""
    rows = [
        {"number": number, "caption": f"{language} plate {number}", "language": language}
        for number in range(num_pictures)
        for language in LANGUAGES[: 1 + number % 3]
    ]
    return write_dataset(folder, rows)


def write_dataset(folder: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """`number` says which picture a row has."""
    source = folder / "source"
    source.mkdir(parents=True)
    lines = []
    for place, row in enumerate(rows):
        name = f"{place:03d}.png"
        (source / name).write_bytes(pictures.png(seed=row["number"]))
        told = {key: value for key, value in row.items() if key != "number"}
        lines.append(json.dumps({"key": f"k{place}", "image": name, **told}))
    (source / "rows.jsonl").write_text("\n".join(lines), "utf-8")
    spec = DatasetImport(name="Plates", source="source", licence="CC0-1.0")
    import_dataset(
        spec, path=str(source), out_dir=folder / "dataset", state_dir=folder / "state",
        progress=Silent(),
    )  # fmt: skip
    return folder / "dataset"
