"""Studies for tests: open ones, with outputs that are rows and pictures that nobody encoded."""

import itertools
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from domain.jobs.models import JobState
from domain.prompts.models import PromptSet
from domain.ratings import enrolment, saving, taking
from domain.ratings.models import Rater
from domain.ratings.saving import Submission
from domain.settings import Settings
from domain.studies import drafting, opening
from domain.studies import service as studies
from domain.studies.drafting import ArmChoice, NewStudy
from domain.studies.models import Study
from domain.studies.opening import Encoded
from domain.users.models import Role
from specs.kinds.images.images_generate import ImagesGenerate
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording
from tests.factories import (
    list_prompts,
    make_artifact,
    make_job,
    make_output,
    make_prompt_set,
    make_user,
    make_variant,
)

REGION = "sea"
_names = itertools.count(1)


def make_design(**changes: Any) -> StudyDesign:
    values: dict[str, Any] = {
        "criteria": [{"key": "correctness", "levels": 3}, {"key": "naturalness", "levels": 3}],
        "raters_per_item": 2,
        "controls": {"repeats": 0},
    }
    return StudyDesign.model_validate(values | changes)


def make_wording(design: StudyDesign, **languages: dict[str, Any]) -> StudyWording:
    """In English, and in further languages with what differs there."""
    anchors = ["Wrong", "Partly right", "Right", "Fully right", "a", "b", "c"]
    words: dict[str, Any] = {
        "title": "Breakfast dishes",
        "about": "Pictures of what people eat in the morning.",
        "runner": "The food lab",
        "duration": "20 minutes",
        "consent": "You take part of your own free will.",
        "guide": "Look at the picture.\n\nThen say how right it is.",
        "criteria": {
            each.key: {
                "name": each.key.title(),
                "question": f"How about its {each.key}?",
                "anchors": anchors[: each.levels] if design.form == "likert" else [],
            }
            for each in design.criteria
        },
        "explanations": {each.prompt_key: "Because of the rice." for each in design.practice},
    }
    return StudyWording.model_validate(
        {"languages": {"en": words} | {tag: words | more for tag, more in languages.items()}}
    )


def make_draft(
    session: Session,
    settings: Settings,
    *,
    design: StudyDesign | None = None,
    num_items: int = 3,
    num_arms: int = 2,
    prompts: PromptSet | None = None,
    **changes: Any,
) -> Study:
    """`num_items` prompts, each with an output of every arm; the first arm is the baseline."""
    design = design or make_design()
    prompts = prompts or make_prompt_set(
        session, *(f"dish {number}" for number in range(num_items)), scope="regional"
    )
    arms = []
    for number in range(num_arms):
        variant = make_variant(session)
        arms.append(ArmChoice(variant_id=variant.id, is_baseline=number == 0))
        artifact = make_artifact(session, kind="outputs")
        job = make_job(session, state=JobState.SUCCEEDED, spec=ImagesGenerate())
        for at, prompt in enumerate(list_prompts(session, prompts)):
            make_output(
                session, variant, prompt, job_id=job.id, artifact_id=artifact.id,
                sha256=f"{number:02d}{at:062d}",
            )  # fmt: skip
    values: dict[str, Any] = {
        "name": f"Study {next(_names)}",
        "region": REGION,
        "prompt_set_id": prompts.id,
        "design": design,
        "wording": make_wording(design),
        "arms": tuple(arms),
    }
    return drafting.create(session, NewStudy(**values | changes), settings=settings, actor=None)


def open_study(session: Session, study: Study) -> Study:
    """With pictures that are rows only."""
    sources = opening.list_sources(session, study)
    pictures = [
        Encoded(source_sha256=each.key, file=f"{each.key}.webp", width=64, height=64)
        for each in sources
    ]
    artifact = make_artifact(session, kind="study_pictures")
    return opening.open_study(session, study, pictures, artifact=artifact, actor=None)


def make_study(session: Session, settings: Settings, **changes: Any) -> Study:
    return open_study(session, make_draft(session, settings, **changes))


def make_rater(session: Session, study: Study, **changes: Any) -> Rater:
    user = make_user(session, role=Role.ANNOTATOR)
    rater = enrolment.enrol(session, study, user)
    rater.profile = {"country": "ID", "languages": ["id"]}
    for name, value in changes.items():
        setattr(rater, name, value)
    session.flush()
    return rater


def rate_all(session: Session, rater: Rater, values: Sequence[object]) -> None:
    """Every item that there is for them, with these answers in turn, on every criterion alike."""
    study = session.get_one(Study, rater.study_id)
    keys = [each.key for each in studies.read_design(study).criteria]
    given = itertools.cycle(values)
    while held := taking.take(session, rater.id).held:
        level = next(given)
        sent = Submission(
            client_key=uuid.uuid4(), values=dict.fromkeys(keys, level), active_ms=4200
        )
        saving.submit(session, rater.id, held[0].id, sent)
