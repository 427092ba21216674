"""Brings the sandbox's studies: outputs, a design, and everything opened.

All in the caller's transaction: what is interrupted leaves no rows, and the next start begins anew.
The pictures go the way of every study: listed by its items, re-encoded by the code of study.open.
"""

import json
import tempfile
from pathlib import Path

from sqlalchemy.orm import Session

from domain.artifacts.models import Artifact
from domain.outputs.importing import Imported
from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.shipped import files as shipped
from domain.shipped import outputs
from domain.studies import drafting, opening
from domain.studies import sandbox as sandbox_studies
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study
from domain.studies.opening import Encoded
from ml.blinding import pictures
from ml.progress import Silent
from sandbox import assets
from sandbox.study import content
from sandbox.study.arms import ARMS, MEDIA, OFFERED, Offered
from sandbox.study.content import Content
from specs.kinds.study.study_open import StudyOpen


def bring_all(session: Session, settings: Settings) -> list[Study]:
    """Those that are not there yet, of those that came with the clone."""
    shipped_ones = [each for each in OFFERED if assets.has_study(each)]
    brought = [bring(session, settings, each) for each in shipped_ones]
    return [study for study in brought if study is not None]


def bring(session: Session, settings: Settings, offered: Offered = "pictures") -> Study | None:
    """None where there is one already, open or not: it comes once."""
    if sandbox_studies.is_there(session, MEDIA[offered]):
        return None
    said = content.read(offered)
    given = outputs.record(session, settings, assets.STUDIES[offered], name=said.name)
    study = drafting.create(
        session, _describe(session, settings, said, given), settings=settings, actor=None
    )
    opening.check(session, study)
    encoded, artifact = _encode(session, settings, study)
    return opening.open_study(session, study, encoded, artifact=artifact, actor=None)


def _describe(session: Session, settings: Settings, said: Content, given: Imported) -> NewStudy:
    names = {arm: variant.name for arm, variant in given.variants.items()}
    design, wording = said.compose(regions.get_region(settings, said.region), names)
    (free,) = shelf.list_free_names(session, Study, [said.name])
    return NewStudy(
        name=free,
        region=said.region,
        prompt_set_id=given.prompt_set.id,
        design=design,
        wording=wording,
        registration=said.registration,
        arms=tuple(
            ArmChoice(
                variant_id=variant.id,
                is_baseline=arm == ARMS[said.offered].baseline,
                is_photo=arm == ARMS[said.offered].aside,
            )
            for arm, variant in given.variants.items()
        ),
        is_sandbox=True,
    )


def _encode(session: Session, settings: Settings, study: Study) -> tuple[list[Encoded], Artifact]:
    with tempfile.TemporaryDirectory(prefix="ggez-") as name:
        out_dir = Path(name) / "pictures"
        out_dir.mkdir()
        pictures.encode_all(
            StudyOpen(study=study.name),
            sources=opening.fetch_sources(session, study, Path(name) / "sources"),
            out_dir=out_dir,
            state_dir=Path(name),
            progress=Silent(),
        )
        with (out_dir / pictures.TABLE).open(encoding="utf-8") as lines:
            encoded = [Encoded(**json.loads(line)) for line in lines]
        measured = shipped.measure(out_dir)
        artifact = shipped.publish(session, settings, out_dir, "study_pictures", measured)
    return encoded, artifact
