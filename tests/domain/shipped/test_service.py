"""What comes with the product becomes rows once, and never takes a name from anybody."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.benchmarks.models import Benchmark
from domain.datasets.models import Dataset
from domain.settings import Settings
from domain.shipped import service
from domain.shipped.entries import (
    Entry,
    ShippedBenchmark,
    ShippedDataset,
    ShippedModel,
    ShippedPrompts,
)
from domain.variants.models import Variant
from tests.factories import make_variant

QUESTIONS = "item_id,text,proposition_id,dependency\na,a cube,1,0\nb,a boat,1,0\n"


@pytest.fixture
def entries(tmp_path: Path) -> list[Entry]:
    base = tmp_path / "base"
    (base / "unet").mkdir(parents=True)
    (base / "unet" / "w.safetensors").write_bytes(b"weights")
    pool = tmp_path / "pool"
    pool.mkdir()
    facts = {"reader": "drawn", "licence": "CC0-1.0", "digest": "d" * 64, "num_items": 3}
    facts |= {"num_problems": 0, "size_bytes": 30, "num_shards": 1, "name": "x", "source": "x"}
    (pool / "dataset.json").write_text(json.dumps(facts))
    (tmp_path / "p.jsonl").write_text(
        '{"key": "a", "text": "a cube"}\n{"key": "b", "text": "a boat", "scope": "regional"}\n'
    )
    (tmp_path / "q.csv").write_text(QUESTIONS)
    return [
        ShippedModel(name="sandbox-base", path=base, family="sdxl", card="# Base"),
        ShippedPrompts(name="sandbox-prompts", path=tmp_path / "p.jsonl"),
        ShippedBenchmark(
            name="sandbox-questions",
            path=tmp_path / "q.csv",
            default_mode="dsg",
            prompts="sandbox-prompts",
        ),
        ShippedDataset(name="sandbox-pool", path=pool),
    ]


def test_registering_twice_changes_nothing(
    session: Session, settings: Settings, entries: list[Entry]
) -> None:
    first = service.register(session, settings, entries)
    assert [(each.row.name, each.is_new) for each in first] == [
        (entry.name, True) for entry in entries
    ]
    again = service.register(session, settings, entries)
    assert [(each.row.id, each.is_new) for each in again] == [
        (each.row.id, False) for each in first
    ]
    model, _, benchmark, pool = (each.row for each in first)
    assert isinstance(model, Variant)
    assert isinstance(benchmark, Benchmark)
    assert isinstance(pool, Dataset)
    assert (model.job_id, model.size_bytes, model.card) == (None, 7, "# Base")
    assert (benchmark.scope, benchmark.n_items) == ("mixed", 2)
    assert (pool.source_kind, pool.num_items, pool.job_id) == ("drawn", 3, None)
    assert model.artifact_id is not None
    uri = artifacts.get_readable(session, model.artifact_id).uri
    with storage.open_read(storage.join(uri, "unet", "w.safetensors")) as file:
        assert file.read() == b"weights"
    assert entries[0].path.exists()


def test_names_that_people_took_are_theirs_and_new_weights_are_a_new_row(
    session: Session, settings: Settings, entries: list[Entry]
) -> None:
    theirs = make_variant(session, name="sandbox-base")
    (made,) = service.register(session, settings, entries[:1])
    assert (made.row.name, theirs.name) == ("sandbox-base (2)", "sandbox-base")
    (entries[0].path / "unet" / "w.safetensors").unlink()
    (entries[0].path / "unet" / "w.safetensors").write_bytes(b"better")
    (newer,) = service.register(session, settings, entries[:1])
    assert (newer.is_new, newer.row.name) == (True, "sandbox-base (3)")


def test_what_is_missing_is_told(
    session: Session, settings: Settings, entries: list[Entry], tmp_path: Path
) -> None:
    gone = ShippedPrompts(name="gone", path=tmp_path / "gone")
    with pytest.raises(service.EntryMissing, match="'gone' should come with the product"):
        service.register(session, settings, [gone])
    with pytest.raises(service.EntryUnknown, match="refers to 'sandbox-prompts'"):
        service.register(session, settings, entries[2:3])
