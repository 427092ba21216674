from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ml.importing.dataset import import_dataset
from ml.progress import Silent
from specs.kinds.dataset.dataset_import import DatasetImport

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def out_dir(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def importer(tmp_path: Path, out_dir: Path) -> Run:
    """Import a path; keywords are fields of the spec."""

    def run_import(path: Path, *, options: dict[str, Any] | None = None, **fields: Any) -> Any:
        spec = DatasetImport(
            **{"name": "Test", "source": path.name, "licence": "CC-BY-4.0", **fields}
        )
        arguments = {"out_dir": out_dir, "state_dir": tmp_path / "state", "progress": Silent()}
        return import_dataset(spec, path=str(path), **{**arguments, **(options or {})})

    return run_import
