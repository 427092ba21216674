import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch

from ml.datasets.items import RawItem
from ml.filtering import reading
from ml.filtering.rows import Row
from ml.filtering.run import Sizes, filter_dataset
from ml.importing.dataset import import_dataset
from ml.progress import Silent, Stopped
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.region import Region
from tests import pictures

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def region() -> Region:
    """A made-up one: nothing that is true of it is true of a region of the product."""
    return Region.model_validate(
        {
            "key": "isles",
            "names": {"en": "The Isles", "is": "Eyjar"},
            "countries": [
                {"code": "IS", "domain": "is", "names": {"en": "Iceland", "is": "Ísland"}},
                {"code": "JP", "domain": "jp", "names": {"en": "Japan", "ja": "日本"}},
            ],
            "languages": [
                {"tag": "is", "aliases": ["isl"], "script": "Latn", "names": {"en": "Icelandic"}},
                {"tag": "el", "script": "Grek", "names": {"en": "Greek", "el": "Ελληνικά"}},
                {"tag": "ja", "script": "Jpan", "names": {"en": "Japanese", "ja": "日本語"}},
            ],
            "strata": [
                {"key": "food", "names": {"en": "Food"}},
                {"key": "places", "names": {"en": "Places"}},
            ],
            "gazetteer": [
                {"stratum": "food", "countries": ["IS"], "terms": ["skyr", "harð-fiskur|hardfish"]},
                {"stratum": "food", "countries": ["JP"], "terms": ["okonomiyaki | お好み焼き"]},
                {"stratum": "places", "countries": ["IS"], "terms": ["gullfoss"]},
            ],
        }
    )  # fmt: skip


def make_row(position: int = 0, caption: str = "A caption", **fields: Any) -> Row:
    host = fields.pop("host", "")
    raw = RawItem(key=f"k{position}", picture=b"", caption=caption, **fields)
    return reading.to_row(raw, position, host)


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def run(tmp_path: Path, out_dir: Path) -> Run:
    """Filter a path by these stages; further keywords are fields of the spec and inputs."""

    def run_filter(
        path: Path, stages: Sequence[Any] = ("decode",), *, options: Any = None, **fields: Any
    ) -> Any:
        inputs = {
            name: fields.pop(name)
            for name in [each.name for each in DatasetFilter.inputs]
            if isinstance(fields.get(name), Path)
        }
        found = fields.pop("region", None)
        if found is not None:
            fields["region"] = found.key
        spec = DatasetFilter.model_validate(
            {"name": "Filtered", "stages": list(stages), "licence": "CC0-1.0", **fields}
        )
        arguments: dict[str, Any] = {
            "out_dir": out_dir, "state_dir": tmp_path / "state", "progress": Silent(),
            "sizes": Sizes(part_rows=8),
        }  # fmt: skip
        return filter_dataset(
            spec, dataset=path, region=found, **inputs, **{**arguments, **(options or {})}
        )

    return run_filter


def import_folder(folder: Path, work: Path) -> Path:
    """The data set that an import makes of a folder."""
    spec = DatasetImport(name="Pool", source=folder.name, licence="CC-BY-4.0")
    import_dataset(
        spec, path=str(folder), out_dir=work / "dataset", state_dir=work / "importing",
        progress=Silent(),
    )  # fmt: skip
    return work / "dataset"


def write_jsonl(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Rows with a picture each, drawn from its number unless `image` holds bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, row in enumerate(rows):
        name = f"{number:04d}.png"
        data = row.pop("image", None) or pictures.png(64, 64, seed=number)
        (folder / name).write_bytes(data)
        lines.append(json.dumps({"key": f"k{number}", "image": name, "caption": "x", **row}))
    (folder / "captions.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def read_items(out_dir: Path) -> list[dict[str, Any]]:
    return pq.read_table(sorted(out_dir.glob("items-*.parquet"))).to_pylist()


def read_rejected(out_dir: Path) -> list[dict[str, Any]]:
    return pq.read_table(sorted(out_dir.glob("rejected-*.parquet"))).to_pylist()


def list_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class StopsAt:
    """Asks to stop at this question."""

    def __init__(self, number: int) -> None:
        self.left = number

    def update(self, *args: Any, **more: Any) -> None: ...

    def check(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Stopped
