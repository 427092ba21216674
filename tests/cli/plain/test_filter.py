"""`ggez filter`: a specification in, a folder and its funnel out, for real."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import ggez
from ml.datasets.shards import ShardWriter
from tests import pictures


@pytest.fixture
def filter_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The specification lies in a folder of its own, from which its paths are seen."""
    monkeypatch.chdir(tmp_path)
    folder = pictures.write_folder(tmp_path / "work" / "pool", num_items=4)
    (folder / "bad.jpg").write_bytes(b"<html>")
    (folder / "bad.txt").write_text("A page")
    (folder / "copy.jpg").write_bytes((folder / "000.jpg").read_bytes())
    (folder / "copy.txt").write_text("A copy")

    def invoke(text: str, *arguments: str) -> Result:
        (tmp_path / "work" / "market.yaml").write_text(text)
        return CliRunner().invoke(ggez, ["filter", "work/market.yaml", *arguments])

    return invoke


SPEC = "dataset: pool\nstages: [decode, {method: duplicates, max_distance: 4}]\n"


def test_the_funnel_is_printed_and_the_folder_is_named_after_the_specification(
    filter_by: Any, tmp_path: Path
) -> None:
    result = filter_by(SPEC)
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines()[:4]] == [
        ["stage", "in", "kept", "reasons"],
        ["read", "6", "6"],
        ["decode", "6", "5", "not_a_picture", "1"],
        ["duplicates", "5", "4", "near_duplicate", "1"],
    ]
    assert "4 rows are in" in result.stdout
    assert (tmp_path / "market" / "items-00000.parquet").is_file()
    assert (tmp_path / "market" / "card.md").read_text().startswith("# market")


def test_json_holds_the_funnel_and_the_folder(filter_by: Any, tmp_path: Path) -> None:
    result = filter_by("name: Kept\n" + SPEC, "--out", "kept", "--json")
    found = json.loads(result.stdout)
    assert found["funnel"][1] == {
        "stage": "decode", "in": 6, "kept": 5, "reasons": {"not_a_picture": 1},
    }  # fmt: skip
    assert (found["name"], found["folder"], found["num_items"]) == ("Kept", "kept", 4)
    assert json.loads((tmp_path / "kept" / "dataset.json").read_text())["digest"] == found["digest"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dataset: nowhere", "There is no file or folder 'nowhere' (dataset)"),
        ("stages: [decode]", "The specification names no dataset"),
        ("dataset: pool\nstages: [decode, sharpen]", "'sharpen'"),
        ("dataset: pool\nstages: [decode, region]", "The stage 'region' needs a region"),
        ("dataset: pool\nregion: nowhere\nstages: [decode, region]", "nowhere"),
        ("dataset: pool\ncolour: red", "colour"),
        ("dataset: [", "cannot be read"),
        ("dataset: pool\nstages: [{method: decode, min_side: 900}]", "None of the 6 rows is kept"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence_and_nothing_is_left(
    filter_by: Any, tmp_path: Path, text: str, sentence: str
) -> None:
    result = filter_by(text)
    assert result.exit_code in (1, 2)
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "made a mistake" not in result.stderr
    assert not (tmp_path / "market").exists()


def test_a_full_disk_leaves_no_folder_and_the_same_command_goes_on(
    filter_by: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: ShardWriter) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ShardWriter, "_flush", refuse)
        result = filter_by(SPEC)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert not (tmp_path / "market").exists()
    assert filter_by(SPEC).exit_code == 0
    assert not list(tmp_path.glob(".*"))
