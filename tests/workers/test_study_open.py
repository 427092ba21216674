"""study.open through the real runtime and a real child process, on outputs that were imported."""

import json
import uuid
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.jobs.models import JobState
from domain.prompts import service as prompts
from domain.shelf import service as shelf
from domain.studies import drafting
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study, StudyItem, StudyItemMember, StudyPicture, StudyState
from domain.variants.models import Variant
from specs.kinds.outputs.outputs_import import OutputsImport
from specs.kinds.study.study_open import StudyOpen
from tests import pictures
from tests.studies import make_design, make_wording
from workers.settings import WorkerSettings

from .conftest import Bench

DESIGN = make_design(criteria=[{"key": "correctness", "levels": 3}], controls={"repeats": 0})
ROWS = tuple(
    {"arm": arm, "prompt_key": key, "prompt": f"dish {key}", "file": f"{arm}-{key}.{kind}"}
    for arm, kind in (("Base", "png"), ("Ours", "jpg"))
    for key in ("p1", "p2")
)


def write_source(inbox: Path) -> None:
    folder = inbox / "given"
    folder.mkdir(parents=True)
    for number, row in enumerate(ROWS):
        make = pictures.png if row["file"].endswith("png") else pictures.jpeg
        (folder / row["file"]).write_bytes(make(40 + number, 30, seed=number))
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS)
    (folder / "outputs.jsonl").write_text(lines, "utf-8")


def make_draft(session: Session, settings: WorkerSettings, *, arms: tuple[str, ...]) -> uuid.UUID:
    prompt_set = prompts.find_by_name(session, "Given")
    assert prompt_set is not None
    variants = [shelf.find_by_name(session, Variant, name) for name in arms]
    new = NewStudy(
        name="Dishes",
        region="sea",
        prompt_set_id=prompt_set.id,
        design=DESIGN,
        wording=make_wording(DESIGN),
        arms=tuple(
            ArmChoice(variant_id=variant.id, is_baseline=number == 0)
            for number, variant in enumerate(variants)
            if variant is not None
        ),
    )
    return drafting.create(session, new, settings=settings, actor=None).id


def test_a_draft_opens_with_pictures_that_are_alike_in_all_but_what_they_show(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    assert bench.run(OutputsImport(name="Given", source="given")).state == JobState.SUCCEEDED
    study_id = bench.do(make_draft, worker_settings, arms=("Base", "Ours"))
    job = bench.run(StudyOpen(study="Dishes"))
    assert job.state == JobState.SUCCEEDED, job.error

    def check(session: Session) -> None:
        study = session.get_one(Study, study_id)
        assert (study.state, len(study.registration_sha256 or "")) == (StudyState.OPEN, 64)
        items = session.scalars(select(StudyItem)).all()
        assert sorted((item.kind, item.quota) for item in items) == [("primary", 2)] * 4
        assert all(item.id.version == 4 for item in items)
        members = session.scalars(select(StudyItemMember)).all()
        assert len({member.picture_id for member in members}) == 4
        kept = session.scalars(select(StudyPicture)).all()
        assert {(each.width, each.height) for each in kept} == {(43, 30)}
        for each in kept:
            artifact = session.get_one(Artifact, each.artifact_id)
            with storage.open_read(storage.join(artifact.uri, each.file)) as file:
                picture = Image.open(file)
                assert (picture.format, picture.size) == ("WEBP", (43, 30))

    bench.do(check)


def test_a_study_opens_once_and_an_incomplete_one_not_at_all(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    bench.run(OutputsImport(name="Given", source="given"))
    bench.do(make_draft, worker_settings, arms=("Base", "Ours"))
    assert bench.run(StudyOpen(study="Dishes")).state == JobState.SUCCEEDED
    again = bench.run(StudyOpen(study="Dishes"))
    nowhere = bench.run(StudyOpen(study="Nowhere"))

    assert (again.state, nowhere.state) == (JobState.FAILED, JobState.FAILED)
    assert "was opened already" in str(again.error)
    assert "There is no study 'Nowhere'." in str(nowhere.error)
