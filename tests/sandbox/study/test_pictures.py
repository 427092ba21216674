"""What is shipped: made of a sweep and what a judge said, whole, and small."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from domain.prompts import reading
from sandbox import assets
from sandbox.study import arms, content, pictures
from sandbox.world import questions
from tests.sandbox_study import write_sweep

MOST_BYTES = 2_000_000


def read_rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "outputs.jsonl").read_text("utf-8").splitlines()]


def check(folder: Path) -> None:
    """Every arm has one picture of every prompt, beside those that are practised on."""
    rows = read_rows(folder)
    practice = content.read().practice
    expected = {arms.name_arm(beta): 24 for beta in arms.BETAS} | {arms.DRAWN: 24}
    assert Counter(row["variant"] for row in rows) == Counter(expected) + Counter(
        each.arm for each in practice
    )
    prompts = reading.read((folder / "prompts.jsonl").read_text("utf-8"))
    assert [each.key for each in prompts] == [each.key for each in content.list_prompts()]
    for row in rows:
        data = (folder / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert 0 <= row["judged"] <= 1
        with Image.open(folder / row["file"]) as picture:
            assert picture.size == (row["width"], row["height"])
    practised = {(each.prompt_key, each.arm) for each in practice}
    seeds = {row["seed"] for row in rows if (row["prompt_key"], row["variant"]) in practised}
    assert seeds == {pictures.PRACTICE_SEED, pictures.SEED}


def test_they_are_taken_from_a_sweep_without_loss(study_folder: Path) -> None:
    check(study_folder)
    row = next(row for row in read_rows(study_folder) if row["variant"] == arms.BASELINE)
    source = study_folder.parent / "outputs" / f"images/0/{row['prompt_key']}-{row['seed']}.png"
    with Image.open(source) as before, Image.open(study_folder / row["file"]) as after:
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_the_same_sweep_makes_the_same_and_replaces_what_was_there(
    study_folder: Path, tmp_path: Path
) -> None:
    write_sweep(tmp_path / "outputs", tmp_path / "scores")
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "old").write_text("old")
    facts = pictures.write(tmp_path / "outputs", tmp_path / "scores", tmp_path / "study")

    assert read_rows(tmp_path / "study") == read_rows(study_folder)
    assert not (tmp_path / "study" / "old").exists()
    assert facts["num_prompts"] == 24
    assert sorted(each.name for each in tmp_path.iterdir()) == ["outputs", "scores", "study"]


@pytest.mark.parametrize(
    ("no", "share"), [((), 1.0), ((2,), 2 / 3), ((1,), 1 / 3), ((1, 2, 3), 0.0)]
)
def test_what_depends_on_a_thing_that_is_not_there_is_not_there(
    no: tuple[int, ...], share: float
) -> None:
    prompt = next(each for each in content.list_prompts() if each.scene.concept == "kawung")
    asked = questions.questions(prompt.scene)
    assert [each.dependency for each in asked] == ["0", "1", "0"]

    answered = {each.proposition_id: each.proposition_id not in no for each in asked}
    assert pictures.judge(prompt, answered) == pytest.approx(share, abs=1e-4)


def test_what_is_shipped_is_whole_and_weighs_little() -> None:
    check(assets.STUDIES["pictures"])
    files = [path for path in assets.STUDIES["pictures"].rglob("*") if path.is_file()]
    named = {row["file"] for row in read_rows(assets.STUDIES["pictures"])}

    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert {path.relative_to(assets.STUDIES["pictures"]).as_posix() for path in files} == {
        *named, "outputs.jsonl", "prompts.jsonl",
    }  # fmt: skip
