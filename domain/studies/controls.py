"""Items that tell something about the rater, and those for practice: drawn beside the primary ones,
from which nothing in the page tells them apart. Pure.
"""

import random
from collections.abc import Iterator, Sequence

from domain.studies.material import Material, Member, PlannedItem
from domain.studies.models import ItemKind

# Of items that everybody is to meet: practice, checks, known answers.
NO_QUOTA = 1_000_000


def draw(
    material: Material, primary: Sequence[PlannedItem], rng: random.Random
) -> Iterator[PlannedItem]:
    controls = material.design.controls
    yield from (
        PlannedItem(
            kind=ItemKind.REPEAT,
            prompt=original.prompt,
            members=original.members,
            quota=original.quota,
            original=original,
        )
        for original in rng.sample(primary, round(len(primary) * controls.repeats))
    )
    if material.design.form != "likert":
        return
    yield from _draw_wrong_culture(material, primary, rng)
    yield from _draw_photos(material, primary, rng)
    yield from _draw_known(material)
    yield from _draw_checks(material, primary, rng)


def draw_practice(material: Material) -> Iterator[PlannedItem]:
    for practice in material.design.practice:
        prompt, member = material.find(practice.prompt_key, practice.arm)
        members = [member]
        if material.design.form != "likert":
            others = [arm for arm in material.compared if arm.id != member.arm_id]
            num = 1 if material.design.form == "pair" else len(others)
            members += [material.find(practice.prompt_key, arm.name)[1] for arm in others[:num]]
        yield PlannedItem(
            kind=ItemKind.PRACTICE,
            prompt=prompt,
            members=tuple(members),
            quota=NO_QUOTA,
            expected={key: [value] for key, value in practice.best.items()},
        )


def _draw_wrong_culture(
    material: Material, primary: Sequence[PlannedItem], rng: random.Random
) -> Iterator[PlannedItem]:
    """A prompt with the output of another one: of another category, or at least another prompt."""
    first = material.design.criteria[0].key
    num = round(len(primary) * material.design.controls.wrong_culture)
    for item in rng.sample(primary, num):
        others = [
            each
            for each in primary
            if each.prompt.category != item.prompt.category
            and each.members[0].arm_id == item.members[0].arm_id
        ]
        if others:
            yield PlannedItem(
                kind=ItemKind.WRONG_CULTURE,
                prompt=item.prompt,
                members=rng.choice(others).members,
                quota=material.design.raters_per_item,
                expected={first: [1]},
            )


def _draw_photos(
    material: Material, primary: Sequence[PlannedItem], rng: random.Random
) -> Iterator[PlannedItem]:
    prompts = {prompt.id: prompt for prompt in material.prompts}
    there = [
        output
        for arm in material.arms
        if arm.is_photo
        for output in material.list_outputs(arm)
        if output.prompt_id in prompts
    ]
    wanted = round(len(primary) * material.design.controls.photos)
    for output in rng.sample(there, min(wanted, len(there))):
        yield PlannedItem(
            kind=ItemKind.PHOTO,
            prompt=prompts[output.prompt_id],
            members=(Member(arm_id=output.arm_id, output_id=output.id),),
            quota=material.design.raters_per_item,
        )


def _draw_known(material: Material) -> Iterator[PlannedItem]:
    for gold in material.design.controls.gold:
        prompt, member = material.find(gold.prompt_key, gold.arm)
        yield PlannedItem(
            kind=ItemKind.GOLD,
            prompt=prompt,
            members=(member,),
            quota=NO_QUOTA,
            expected={gold.criterion: list(gold.accepted)},
        )


def _draw_checks(
    material: Material, primary: Sequence[PlannedItem], rng: random.Random
) -> Iterator[PlannedItem]:
    criteria = material.design.criteria
    for original in rng.sample(primary, min(material.design.controls.checks, len(primary))):
        level = rng.randint(1, min(each.levels for each in criteria))
        yield PlannedItem(
            kind=ItemKind.CHECK,
            prompt=original.prompt,
            members=original.members,
            quota=NO_QUOTA,
            expected={each.key: [level] for each in criteria},
        )
