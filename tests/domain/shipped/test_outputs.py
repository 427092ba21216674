"""Outputs that come with the product become rows that no job made."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.outputs import service as outputs
from domain.outputs.models import Output
from domain.settings import Settings
from domain.shipped.outputs import record
from tests import pictures
from tests.factories import list_prompts, make_prompt_set, make_variant


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    prompts = [{"key": key, "text": f"a {key}", "scope": "regional"} for key in ("kite", "gate")]
    (folder / "prompts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in prompts))
    rows = []
    for number, (arm, key) in enumerate((a, p) for a in ("One", "Two") for p in ("kite", "gate")):
        data = pictures.png(8, 8, seed=number)
        (folder / f"{number}.png").write_bytes(data)
        row = {"variant": arm, "prompt_key": key, "prompt": f"a {key}", "seed": 3, "judged": 0.5}
        row |= {"file": f"{number}.png", "sha256": hashlib.sha256(data).hexdigest()}
        rows.append(row | {"width": 8, "height": 8, "scope": "regional"})
    (folder / "outputs.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def test_pictures_have_a_model_a_prompt_and_a_file_but_no_job(
    session: Session, settings: Settings, folder: Path
) -> None:
    made = record(session, settings, folder, name="Kites")
    rows = session.scalars(select(Output).order_by(Output.id)).all()

    assert (made.num_new, made.prompt_set.name, made.prompt_set.source) == (4, "Kites", "shipped")
    assert [prompt.key for prompt in list_prompts(session, made.prompt_set)] == ["kite", "gate"]
    assert {each.role for each in made.variants.values()} == {"external"}
    assert {row.variant_id for row in rows} == {each.id for each in made.variants.values()}
    assert {row.job_id for row in rows} == {None}
    assert {row.facts["judged"] for row in rows} == {0.5}
    data, kind = outputs.read_picture(session, rows[0])
    assert (data, kind) == ((folder / "0.png").read_bytes(), "image/png")


def test_names_that_people_took_are_theirs(
    session: Session, settings: Settings, folder: Path
) -> None:
    make_variant(session, name="One")
    make_prompt_set(session, name="Kites")
    made = record(session, settings, folder, name="Kites")

    assert made.prompt_set.name == "Kites (2)"
    assert [each.name for each in made.variants.values()] == ["One (2)", "Two"]
