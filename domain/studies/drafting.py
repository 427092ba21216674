"""Studies before they open: make, change, say what is missing. Frozen afterwards, but for words."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import delete
from sqlalchemy.orm import Session

from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.studies import drawing, errors, gathering, service, versions
from domain.studies.models import Study, StudyArm, StudyState
from domain.users import audit
from domain.users.person import Person
from specs.study import wording as words
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class ArmChoice:
    variant_id: uuid.UUID
    is_baseline: bool = False
    is_photo: bool = False


@dataclass(frozen=True, kw_only=True)
class NewStudy:
    name: str
    region: str
    prompt_set_id: uuid.UUID
    design: StudyDesign
    wording: StudyWording
    registration: Registration | None = None
    arms: tuple[ArmChoice, ...] = ()
    is_sandbox: bool = False


def create(session: Session, new: NewStudy, *, settings: Settings, actor: Person | None) -> Study:
    study = Study(
        name=shelf.tidy_name(new.name),
        region=regions.get_region(settings, new.region).key,
        prompt_set_id=new.prompt_set_id,
        design=new.design.model_dump(mode="json"),
        registration=new.registration.model_dump(mode="json") if new.registration else None,
        seed=secrets.randbelow(2**62),
        created_by_id=actor.id if actor else None,
        is_sandbox=new.is_sandbox,
    )
    shelf.add(session, study)
    choose_arms(session, study, new.arms, actor=actor)
    versions.save_wording(session, study, new.wording, actor=actor)
    audit.record(session, actor, "study.create", subject=("study", study.id), name=study.name)
    return study


def change_design(
    session: Session,
    study: Study,
    design: StudyDesign,
    registration: Registration | None,
    *,
    actor: Person | None,
) -> Study:
    _refuse_frozen(study)
    study.design = design.model_dump(mode="json")
    study.registration = registration.model_dump(mode="json") if registration else None
    audit.record(session, actor, "study.change", subject=("study", study.id))
    session.flush()
    return study


def choose_arms(
    session: Session, study: Study, arms: Sequence[ArmChoice], *, actor: Person | None
) -> list[StudyArm]:
    """In place of those that were chosen before."""
    _refuse_frozen(study)
    session.execute(delete(StudyArm).where(StudyArm.study_id == study.id))
    rows = [
        StudyArm(
            study_id=study.id,
            variant_id=arm.variant_id,
            position=number,
            is_baseline=arm.is_baseline,
            is_photo=arm.is_photo,
        )
        for number, arm in enumerate(arms)
    ]
    session.add_all(rows)
    session.flush()
    audit.record(
        session, actor, "study.choose_arms", subject=("study", study.id), num_arms=len(rows)
    )
    return rows


def list_gaps(session: Session, study: Study) -> list[str]:
    """Why it cannot open yet, in sentences; nothing when it can."""
    design = service.read_design(study)
    registration = service.read_registration(study)
    gaps = drawing.list_gaps(gathering.gather(session, study))
    gaps += words.list_gaps(design, versions.read_wording(versions.get_version(session, study)))
    if registration and design.find_criterion(registration.primary_criterion) is None:
        gaps.append(f"the registered criterion '{registration.primary_criterion}' is not asked.")
    return gaps


def parse_design(values: Any) -> StudyDesign:
    """From what a form or a program sent."""
    return _parse(StudyDesign, values)


def parse_wording(values: Any) -> StudyWording:
    return _parse(StudyWording, values)


def parse_registration(values: Any) -> Registration:
    return _parse(Registration, values)


def _parse(model: type[Model], values: Any) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "design"
        raise errors.DesignWrong(where, first["msg"].removeprefix("Value error, ")) from error


def _refuse_frozen(study: Study) -> None:
    if study.state != StudyState.DRAFT:
        raise errors.StudyFrozen(study.name, study.state)
