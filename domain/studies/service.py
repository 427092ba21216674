"""Studies before they open: make, change, say what is missing. Frozen afterwards, but for words."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from domain.outputs.models import Output
from domain.prompts.models import Prompt
from domain.regions import service as regions
from domain.settings import Settings
from domain.shelf import service as shelf
from domain.studies import drawing, errors
from domain.studies.kept import Kept
from domain.studies.material import Material, OfArm, OfOutput, OfPrompt
from domain.studies.models import Study, StudyArm, StudyEvent, StudyState, StudyVersion
from domain.users import audit
from domain.users.person import Person
from domain.variants.models import Variant, VariantRole
from specs.study import wording as words
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

# By study, and by study and number: what was opened is frozen, and each version of its words is.
_designs = Kept[StudyDesign](most=200)
_wordings = Kept[StudyWording](most=50)


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


def get(session: Session, study_id: uuid.UUID, *, lock: bool = False) -> Study:
    if lock:
        found = session.scalar(select(Study).where(Study.id == study_id).with_for_update())
    else:
        found = session.get(Study, study_id)
    if found is None:
        raise errors.StudyNotFound(study_id)
    return found


def get_by_name(session: Session, name: str) -> Study:
    found = shelf.find_by_name(session, Study, name)
    if found is None:
        raise errors.StudyNameNotFound(name)
    return found


def read_design(study: Study) -> StudyDesign:
    if study.state == StudyState.DRAFT:
        return StudyDesign.model_validate(study.design)
    return _designs.get(study.id, lambda: StudyDesign.model_validate(study.design))


def read_registration(study: Study) -> Registration | None:
    return Registration.model_validate(study.registration) if study.registration else None


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
    save_wording(session, study, new.wording, actor=actor)
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


def save_wording(
    session: Session, study: Study, wording: StudyWording, *, actor: Person | None
) -> StudyVersion:
    """A draft's words are replaced; those of a study that was opened get a new version."""
    if study.state == StudyState.CLOSED:
        raise errors.StudyClosed(study.name)
    if study.state != StudyState.DRAFT:
        # A draft may be half done; pages that raters see now may not.
        gaps = words.list_gaps(read_design(study), wording)
        if gaps:
            raise errors.WordsIncomplete(study.name, gaps)
    newest = find_version(session, study)
    values = wording.model_dump(mode="json")
    if newest is not None and study.state == StudyState.DRAFT:
        newest.wording = values
        session.flush()
        return newest
    version = StudyVersion(
        study_id=study.id,
        number=newest.number + 1 if newest else 1,
        wording=values,
        created_by_id=actor.id if actor else None,
    )
    session.add(version)
    session.flush()
    session.expire(study, ["newest_version"])
    if newest is not None:
        note(session, study, "reworded", actor=actor, version=version.number)
    return version


def find_version(session: Session, study: Study) -> StudyVersion | None:
    """The newest."""
    query = select(StudyVersion).where(StudyVersion.study_id == study.id)
    return session.scalar(query.order_by(StudyVersion.number.desc()).limit(1))


def get_version(session: Session, study: Study) -> StudyVersion:
    found = find_version(session, study)
    assert found is not None, "A study is made with its words."
    return found


def read_wording(version: StudyVersion) -> StudyWording:
    return StudyWording.model_validate(version.wording)


def read_newest_wording(session: Session, study: Study) -> StudyWording:
    """The words as raters get them now. In many languages they are long: of a study that was opened
    each version is read once.
    """
    number = study.newest_version

    def read() -> StudyWording:
        query = select(StudyVersion).where(StudyVersion.study_id == study.id)
        return read_wording(session.scalars(query.where(StudyVersion.number == number)).one())

    return read() if study.state == StudyState.DRAFT else _wordings.get((study.id, number), read)


def map_newest_wordings(session: Session, opened: Sequence[Study]) -> dict[uuid.UUID, StudyWording]:
    """The same of several studies that were opened, in one query at most."""

    def read(missing: Sequence[tuple[uuid.UUID, int | None]]) -> dict[Any, StudyWording]:
        newest = tuple_(StudyVersion.study_id, StudyVersion.number).in_(missing)
        return {
            (version.study_id, version.number): read_wording(version)
            for version in session.scalars(select(StudyVersion).where(newest))
        }

    keys = [(study.id, study.newest_version) for study in opened]
    return {key[0]: wording for key, wording in _wordings.get_all(keys, read).items()}


def parse_design(values: Any) -> StudyDesign:
    """From what a form or a program sent."""
    try:
        return StudyDesign.model_validate(values)
    except ValidationError as error:
        raise _explain(error) from error


def parse_wording(values: Any) -> StudyWording:
    try:
        return StudyWording.model_validate(values)
    except ValidationError as error:
        raise _explain(error) from error


def parse_registration(values: Any) -> Registration:
    try:
        return Registration.model_validate(values)
    except ValidationError as error:
        raise _explain(error) from error


def list_arms(session: Session, study: Study) -> Sequence[tuple[StudyArm, Variant]]:
    query = (
        select(StudyArm, Variant)
        .join(Variant, Variant.id == StudyArm.variant_id)
        .where(StudyArm.study_id == study.id)
        .order_by(StudyArm.position)
    )
    return [(arm, variant) for arm, variant in session.execute(query)]


def list_prompts(session: Session, study: Study) -> Sequence[Prompt]:
    """Those of its strata, in the order of their set."""
    strata = read_design(study).strata
    query = select(Prompt).where(Prompt.prompt_set_id == study.prompt_set_id)
    if strata:
        query = query.where(Prompt.stratum.in_(strata))
    return session.scalars(query.order_by(Prompt.position)).all()


def gather(session: Session, study: Study) -> Material:
    """What its items are drawn from: prompts of its strata, its arms, and their outputs."""
    arms = list_arms(session, study)
    by_variant = {variant.id: arm.id for arm, variant in arms}
    prompts = list_prompts(session, study)
    rows = session.execute(
        select(
            Output.id, Output.variant_id, Output.prompt_id, Output.seed, Output.parameters_digest
        )
        .where(
            Output.variant_id.in_(by_variant),
            Output.prompt_id.in_([prompt.id for prompt in prompts]),
        )
        .order_by(Output.id)
    ).all()
    return Material(
        design=read_design(study),
        prompts=[
            OfPrompt(id=each.id, key=each.key, stratum=each.stratum, category=each.category)
            for each in prompts
        ],
        arms=[
            OfArm(
                id=arm.id,
                name=variant.name,
                is_baseline=arm.is_baseline,
                is_photo=arm.is_photo,
                is_external=variant.role == VariantRole.EXTERNAL,
            )
            for arm, variant in arms
        ],
        outputs=[
            OfOutput(
                id=row.id,
                arm_id=by_variant[row.variant_id],
                prompt_id=row.prompt_id,
                seed=row.seed,
                parameters=row.parameters_digest,
            )
            for row in rows
        ],
        seed=study.seed,
    )


def list_gaps(session: Session, study: Study) -> list[str]:
    """Why it cannot open yet, in sentences; nothing when it can."""
    design = read_design(study)
    registration = read_registration(study)
    gaps = drawing.list_gaps(gather(session, study))
    gaps += words.list_gaps(design, read_wording(get_version(session, study)))
    if registration and design.find_criterion(registration.primary_criterion) is None:
        gaps.append(f"the registered criterion '{registration.primary_criterion}' is not asked.")
    return gaps


def note(
    session: Session, study: Study, kind: str, *, actor: Person | None, **detail: object
) -> None:
    """For the study's own report, and for the audit log."""
    session.add(
        StudyEvent(
            study_id=study.id, kind=kind, by_id=actor.id if actor else None, detail=dict(detail)
        )
    )
    audit.record(
        session, actor, f"study.{kind}", subject=("study", study.id), name=study.name, **detail
    )
    session.flush()


def _refuse_frozen(study: Study) -> None:
    if study.state != StudyState.DRAFT:
        raise errors.StudyFrozen(study.name, study.state)


def _explain(error: ValidationError) -> errors.DesignWrong:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "design"
    return errors.DesignWrong(where, first["msg"].removeprefix("Value error, "))
