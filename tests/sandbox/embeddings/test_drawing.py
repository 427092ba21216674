import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ml.benchmarks.embeddings.sources import DatasetSource
from ml.datasets import contents
from ml.distillation import material
from ml.progress import Silent
from sandbox import assets
from sandbox.embeddings import drawing, halves
from sandbox.world.captions import UnknownLanguage
from sandbox.world.concepts import LANGUAGES
from sandbox.world.prompts import HALVES
from specs.kinds.sandbox.sandbox_caption import SandboxCaption


def draw(folder: Path, **changed: Any) -> Path:
    spec = SandboxCaption(num_pictures=10, **changed)
    drawing.draw_captions(spec, out_dir=folder, state_dir=folder, progress=Silent())
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("halves")
    drawing.write_halves(folder)
    return folder


@pytest.mark.parametrize("half", HALVES)
def test_the_shipped_captions_are_those_of_the_world(written: Path, half: str) -> None:
    """Row by row: the bytes of Parquet are another matter with another version of it."""
    name = f"captions-{half}"
    assert list(contents.iterate(assets.TEXTS / name)) == list(contents.iterate(written / name)), (
        "Write them again: sandbox.embeddings.drawing.write_halves(sandbox/shipped)."
    )
    shipped, ours = (contents.read_facts(at / name) for at in (assets.TEXTS, written))
    assert shipped["digest"] == ours["digest"]


def test_halves_and_what_is_learnt_from_share_no_picture(written: Path, tmp_path: Path) -> None:
    folders = [*(written / f"captions-{half}" for half in HALVES), draw(tmp_path / "drawn")]
    seen = [{row["sha256"] for row in contents.iterate(each)} for each in folders]
    assert len(set.union(*seen)) == sum(map(len, seen))


def test_a_picture_is_a_row_with_the_same_bytes_in_each_language(written: Path) -> None:
    items, num_left_out = material.find_items(written / "captions-choose")
    assert num_left_out == 0
    for item in items:
        assert sorted(language for language, _ in item.captions) == sorted(LANGUAGES)
    row = next(iter(contents.iterate(written / "captions-choose")))
    assert Image.open(io.BytesIO(row["image"]["bytes"])).size == (64, 64)


def test_every_row_says_its_scope_and_regional_ones_their_country(written: Path) -> None:
    entries = DatasetSource(written / "captions-report").entries
    scopes = {entry.key: entry.find_scope("auto") for entry in entries}
    assert set(scopes.values()) == {"global", "regional"}
    for entry in entries:
        assert bool(entry.country) == (scopes[entry.key] == "regional")


def test_the_same_seed_gives_the_same_pictures_and_another_seed_others(tmp_path: Path) -> None:
    one, same, other = (
        contents.read_facts(draw(tmp_path / name, seed=seed))["digest"]
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one == same != other


def test_only_the_languages_that_are_asked_for_are_drawn(tmp_path: Path) -> None:
    rows = list(contents.iterate(draw(tmp_path / "two", languages=("km", "vi"))))
    assert [row["language"] for row in rows] == ["km", "vi"] * 10
    with pytest.raises(UnknownLanguage, match="no captions in 'xx'"):
        draw(tmp_path / "none", languages=("xx",))


@pytest.mark.parametrize("seed", [0, 7])
def test_nothing_is_drawn_to_learn_from_that_a_half_asks_for(seed: int) -> None:
    spec = SandboxCaption(num_pictures=1000, regional_share=0.5, seed=seed)
    planned = drawing._plan(spec)
    asked = {scene for half in HALVES for scene in halves.list_half(half)}
    assert not asked & set(planned)
    assert len({scene.concept for scene in planned}) == len({scene.concept for scene in asked})
