"""What a study's items are drawn from: reads rows, and hands on values."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.outputs.models import Output
from domain.prompts.models import Prompt
from domain.studies import service
from domain.studies.material import Material, OfArm, OfOutput, OfPrompt
from domain.studies.models import Study, StudyArm
from domain.variants.models import Variant, VariantRole


def gather(session: Session, study: Study) -> Material:
    """Prompts of its strata, its arms, and their outputs."""
    arms = service.list_arms(session, study)
    prompts = list_prompts(session, study)
    return Material(
        design=service.read_design(study),
        prompts=[
            OfPrompt(id=each.id, key=each.key, stratum=each.stratum, category=each.category)
            for each in prompts
        ],
        arms=[_describe_arm(arm, variant) for arm, variant in arms],
        outputs=_list_outputs(session, {variant.id: arm.id for arm, variant in arms}, prompts),
        seed=study.seed,
    )


def list_prompts(session: Session, study: Study) -> Sequence[Prompt]:
    """Those of its strata, in the order of their set."""
    strata = service.read_design(study).strata
    query = select(Prompt).where(Prompt.prompt_set_id == study.prompt_set_id)
    if strata:
        query = query.where(Prompt.stratum.in_(strata))
    return session.scalars(query.order_by(Prompt.position)).all()


def _describe_arm(arm: StudyArm, variant: Variant) -> OfArm:
    return OfArm(
        id=arm.id,
        name=variant.name,
        is_baseline=arm.is_baseline,
        is_photo=arm.is_photo,
        is_external=variant.role == VariantRole.EXTERNAL,
    )


def _list_outputs(
    session: Session, arm_ids: Mapping[uuid.UUID, uuid.UUID], prompts: Sequence[Prompt]
) -> list[OfOutput]:
    """In the order in which they were made. `arm_ids`: by variant."""
    rows = session.execute(
        select(
            Output.id, Output.variant_id, Output.prompt_id, Output.seed, Output.parameters_digest
        )
        .where(
            Output.variant_id.in_(arm_ids),
            Output.prompt_id.in_([prompt.id for prompt in prompts]),
        )
        .order_by(Output.id)
    )
    return [
        OfOutput(
            id=row.id,
            arm_id=arm_ids[row.variant_id],
            prompt_id=row.prompt_id,
            seed=row.seed,
            parameters=row.parameters_digest,
        )
        for row in rows
    ]
