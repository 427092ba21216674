"""Which items a study has: decided once, at opening, from its design and a seed. Pure.

An output is named by its id; nothing here reads or writes rows.
"""

import itertools
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from domain.studies import controls
from domain.studies.material import (
    Material,
    Member,
    NoSuchOutput,
    OfArm,
    OfOutput,
    OfPrompt,
    PlannedItem,
)
from domain.studies.models import ItemKind
from specs.study.design import FEWEST_ARMS, Gold, Practice, StudyDesign


def list_gaps(material: Material) -> list[str]:
    """Why these arms and outputs make no study, in sentences."""
    design, compared = material.design, material.compared
    gaps = []
    fewest = FEWEST_ARMS[design.form]
    if len(compared) < fewest:
        gaps.append(f"it needs at least {fewest} arms; it has {len(compared)}.")
    if sum(arm.is_baseline for arm in material.arms) != 1 and len(compared) > 1:
        gaps.append("one arm must be the baseline.")
    if not material.prompts:
        gaps.append("it has no prompts in the chosen strata.")
    own = [arm for arm in compared if not arm.is_external]
    if own and material.outputs and material.parameters is None:
        gaps.append("its arms have no outputs that were made under the same parameters.")
        return gaps
    for arm in compared:
        seeds = material.map_seeds(arm)
        lacking = [each for each in material.prompts if not seeds.get(each.id)]
        if lacking:
            gaps.append(
                f"the arm '{arm.name}' has no output of {len(lacking)} of "
                f"{len(material.prompts)} prompts, such as '{lacking[0].key}'."
            )
    return gaps or [*_list_seed_gaps(material), *_list_unknown(material)]


def draw(material: Material) -> list[PlannedItem]:
    """All items, in an order that says nothing."""
    rng = random.Random(f"{material.seed} items")  # noqa: S311 - repeatable, not secret
    primary = list(_draw_primary(material, rng))
    items = [
        *primary,
        *controls.draw(material, primary, rng),
        *controls.draw_practice(material),
    ]
    rng.shuffle(items)
    return items


def draw_preview(material: Material) -> list[PlannedItem]:
    """Items as far as outputs are there, for a look at a draft; without controls, which look the
    same.
    """
    design, compared = material.design, material.compared
    is_anchored = design.form != "pair" or design.pairs == "all"
    is_anchored = is_anchored or any(arm.is_baseline for arm in compared)
    if len(compared) < FEWEST_ARMS[design.form] or not is_anchored:
        return []
    by_arm = [material.map_seeds(arm) for arm in compared]
    whole = [
        prompt
        for prompt in material.prompts
        if len(_list_common_seeds(prompt, by_arm)) >= design.seeds_per_prompt
    ]
    rng = random.Random(f"{material.seed} items")  # noqa: S311 - repeatable, not secret
    items = list(_draw_primary(replace(material, prompts=whole), rng))
    rng.shuffle(items)
    return items


def _list_seed_gaps(material: Material) -> list[str]:
    wanted = material.design.seeds_per_prompt
    by_arm = [material.map_seeds(arm) for arm in material.compared]
    short = [
        prompt for prompt in material.prompts if len(_list_common_seeds(prompt, by_arm)) < wanted
    ]
    if not short:
        return []
    gap = f"of {len(short)} prompts, such as '{short[0].key}', the arms have fewer than {wanted}"
    return [f"{gap} seeds in common."]


def _list_unknown(material: Material) -> list[str]:
    """What practice and known answers name and is not there."""
    design = material.design
    named: list[Practice | Gold] = [*design.practice, *design.controls.gold]
    gaps = []
    for each in named:
        try:
            material.find(each.prompt_key, each.arm)
        except NoSuchOutput as error:
            gaps.append(str(error))
    return gaps


def _list_common_seeds(
    prompt: OfPrompt, by_arm: Sequence[Mapping[uuid.UUID, Mapping[int, OfOutput]]]
) -> list[int]:
    seeds = [set(outputs.get(prompt.id, ())) for outputs in by_arm]
    return sorted(set.intersection(*seeds)) if seeds else []


def _draw_primary(material: Material, rng: random.Random) -> Iterator[PlannedItem]:
    """For each prompt the same seeds in every arm: what differs is the arm."""
    arms = material.compared
    by_arm = {arm.id: material.map_seeds(arm) for arm in arms}
    for prompt in material.prompts:
        seeds = _list_common_seeds(prompt, list(by_arm.values()))
        for seed in rng.sample(seeds, material.design.seeds_per_prompt):
            members = {
                arm.id: Member(arm_id=arm.id, output_id=by_arm[arm.id][prompt.id][seed].id)
                for arm in arms
            }
            for group in _group_arms(material.design, arms):
                chosen = [members[arm.id] for arm in group]
                rng.shuffle(chosen)
                yield PlannedItem(
                    kind=ItemKind.PRIMARY,
                    prompt=prompt,
                    members=tuple(chosen),
                    quota=material.design.raters_per_item,
                )


def _group_arms(design: StudyDesign, arms: Sequence[OfArm]) -> Iterable[Sequence[OfArm]]:
    if design.form == "likert":
        return [[arm] for arm in arms]
    if design.form == "rank":
        return [arms]
    if design.pairs == "all":
        return [list(pair) for pair in itertools.combinations(arms, 2)]
    baseline = next(arm for arm in arms if arm.is_baseline)
    return [[baseline, arm] for arm in arms if arm is not baseline]
