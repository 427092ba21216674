"""The filter on a drawn pool, measured against the truth."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.regions import files
from domain.regions.service import OWN_FOLDER
from ml.filtering.run import filter_dataset
from ml.progress import Silent
from sandbox.measuring import filtering
from sandbox.pool.drawing import draw_pool
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.kinds.sandbox.sandbox_draw import SandboxDraw


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    spec = SandboxDraw(num_pictures=300, regional_share=0.2, copy_share=0.2)
    draw_pool(spec, out_dir=folder, state_dir=folder, progress=Silent())
    return folder


def test_planted_duplicates_are_found_others_are_kept_and_the_region_is_told(
    pool: Path, tmp_path: Path
) -> None:
    stages = ("decode", "blur", "duplicates", {"method": "region", "evidence": ["gazetteer"]})
    spec = DatasetFilter.model_validate({"name": "Kept", "region": "sea", "stages": stages})
    filter_dataset(
        spec, dataset=pool, region=files.read(OWN_FOLDER / "sea.yaml"), out_dir=tmp_path / "out",
        state_dir=tmp_path / "state", progress=Silent(),
    )  # fmt: skip
    found = filtering.measure(tmp_path / "out", pool)
    assert found.duplicate_recall is not None
    assert found.duplicate_recall.whole > 40
    assert (found.duplicate_recall.value or 0) >= 0.95
    assert found.duplicates_not_planted is not None
    assert found.duplicates_not_planted.part == 0
    assert found.region_precision is not None
    assert found.region_recall is not None
    assert (found.region_precision.value or 0) >= 0.95
    assert 0.4 < (found.region_recall.value or 0) < 1  # vague captions name nothing


def write_outcome(folder: Path, kept: list[str], rejected: list[tuple[str, str, str]]) -> Path:
    folder.mkdir()
    stages = ["read", "decode", "duplicates", "region"]
    funnel = ", ".join(f'{{"stage": "{name}"}}' for name in stages)
    (folder / "funnel.json").write_text(f'{{"funnel": [{funnel}]}}')
    pq.write_table(pa.table({"key": kept}), folder / "items-00000.parquet")
    columns = list(zip(*rejected, strict=True)) or [(), (), ()]
    names = ("key", "stage", "of")
    table = pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})
    pq.write_table(table, folder / "rejected-00000.parquet")
    return folder


def test_shares_are_counted_by_hand(tmp_path: Path) -> None:
    rows = [
        ("a", "", True), ("a2", "a", True), ("a3", "a", True), ("b", "", False),
        ("b2", "b", False), ("c", "", True), ("d", "", False),
    ]  # fmt: skip
    truth = {
        "key": [row[0] for row in rows],
        "copy_of": [row[1] for row in rows],
        "is_regional": [row[2] for row in rows],
    }
    pq.write_table(pa.table(truth), tmp_path / "truth.parquet")
    outcome = write_outcome(
        tmp_path / "out",
        ["a2", "d"],
        [
            ("b2", "decode", ""),  # never came to the others
            ("a", "duplicates", "a2"),  # the copy came first: right
            ("c", "duplicates", "d"),  # wrong
            ("a3", "region", ""), ("b", "region", ""),
        ],
    )  # fmt: skip
    found = filtering.measure(outcome, tmp_path).to_json()
    assert found["duplicate_recall"] == {"part": 1, "whole": 2, "value": 0.5}
    assert found["duplicates_not_planted"] == {"part": 1, "whole": 2, "value": 0.5}
    assert found["region_precision"] == {"part": 1, "whole": 2, "value": 0.5}
    assert found["region_recall"] == {"part": 1, "whole": 2, "value": 0.5}
