"""The study comes once, open, whole or not at all, and by the way of every other study."""

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.outputs.models import Output
from domain.prompts.models import PromptSet
from domain.settings import Settings
from domain.studies import opening
from domain.studies import service as studies
from domain.studies.models import Study, StudyArm, StudyItem, StudyPicture, StudyState
from domain.variants.models import Variant
from ml.blinding import pictures
from sandbox import assets
from sandbox.study import arms, bringing
from tests.factories import make_variant


def test_it_is_open_over_the_mixtures_with_controls_and_practice(
    session: Session, sandbox_study: Study
) -> None:
    assert (sandbox_study.state, sandbox_study.is_sandbox) == (StudyState.OPEN, True)
    assert len(sandbox_study.registration_sha256 or "") == 64
    compared = {
        variant.name: arm.is_baseline
        for arm, variant in studies.list_arms(session, sandbox_study)
        if not arm.is_photo
    }
    assert compared == {arms.name_arm(beta): beta == 0 for beta in arms.BETAS}
    kinds = Counter(session.scalars(select(StudyItem.kind)))
    assert kinds["primary"] == 24 * len(arms.BETAS)
    assert {"repeat", "wrong_culture", "photo", "practice"} <= set(kinds)


def test_its_pictures_are_re_encoded_like_those_of_any_study(
    session: Session, sandbox_study: Study
) -> None:
    rows = session.scalars(
        select(StudyPicture).where(StudyPicture.study_id == sandbox_study.id)
    ).all()

    assert {(row.width, row.height) for row in rows} == {(64, 64)}
    for row in rows[:5]:
        uri = artifacts.get_readable(session, row.artifact_id).uri
        with storage.open_read(storage.join(uri, row.file)) as file:
            picture = Image.open(io.BytesIO(file.read()))
            assert (picture.format, picture.size) == ("WEBP", (64, 64))
            assert not picture.getexif()


def test_nothing_was_made_here_and_the_rows_say_so(session: Session, sandbox_study: Study) -> None:
    variants = session.scalars(select(Variant).where(Variant.name.startswith(arms.NAME))).all()

    assert {each.role for each in variants} == {"external"}
    assert {each.job_id for each in variants} == {None}
    assert set(session.scalars(select(Output.job_id))) == {None}
    assert session.scalar(select(PromptSet.source)) == "shipped"


def test_it_comes_once_whatever_became_of_it(
    session: Session, settings: Settings, sandbox_study: Study
) -> None:
    opening.close(session, sandbox_study, actor=None)

    assert bringing.bring(session, settings) is None
    assert session.scalar(select(func.count(Study.id))) == 1


def test_interrupted_it_leaves_no_rows_and_the_next_start_begins_anew(
    session: Session, settings: Settings, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(assets.STUDIES, "pictures", study_folder)
    with monkeypatch.context() as broken:
        broken.setattr(pictures, "encode_all", lambda *_, **__: json.loads("no"))
        with pytest.raises(json.JSONDecodeError):
            bringing.bring(session, settings)
    session.rollback()
    for table in (Study, StudyArm, Output, Variant, PromptSet):
        assert session.scalar(select(func.count()).select_from(table)) == 0

    study = bringing.bring(session, settings)
    assert study is not None
    assert study.state == StudyState.OPEN


def test_a_name_that_somebody_took_is_theirs(
    session: Session, settings: Settings, study_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(assets.STUDIES, "pictures", study_folder)
    theirs = make_variant(session, name=arms.BASELINE)
    study = bringing.bring(session, settings)

    assert study is not None
    names = [variant.name for _, variant in studies.list_arms(session, study)]
    assert f"{arms.BASELINE} (2)" in names
    assert theirs.name not in names
