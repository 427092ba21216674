"""Which items a study has, from its design and what its arms made."""

import uuid
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from domain.studies import controls, drawing
from domain.studies.material import Material, OfArm, OfOutput, OfPrompt
from domain.studies.models import ItemKind
from tests.studies import make_design


def make_material(
    *, num_prompts: int = 4, num_arms: int = 3, seeds: tuple[int, ...] = (7,), **design: Any
) -> Material:
    prompts = [
        OfPrompt(id=uuid.uuid4(), key=f"p{n}", stratum="cuisine", category=f"c{n}")
        for n in range(num_prompts)
    ]
    arms = [
        OfArm(id=uuid.uuid4(), name=f"arm {n}", is_baseline=n == 0, is_photo=False)
        for n in range(num_arms)
    ]
    outputs = [
        OfOutput(id=uuid.uuid4(), arm_id=arm.id, prompt_id=prompt.id, seed=seed)
        for arm in arms
        for prompt in prompts
        for seed in seeds
    ]
    return Material(
        design=make_design(**design), prompts=prompts, arms=arms, outputs=outputs, seed=5
    )


def draw_kinds(material: Material) -> Counter[ItemKind]:
    return Counter(item.kind for item in drawing.draw(material))


@pytest.mark.parametrize(
    ("form", "pairs", "num_items", "num_members"),
    [
        ("likert", "with_baseline", 12, 1),
        ("pair", "with_baseline", 8, 2),
        ("pair", "all", 12, 2),
        ("rank", "with_baseline", 4, 3),
    ],
)
def test_every_prompt_is_an_item_in_each_way_that_the_form_asks_for(
    form: str, pairs: str, num_items: int, num_members: int
) -> None:
    items = drawing.draw(make_material(form=form, pairs=pairs))

    assert len(items) == num_items
    assert {len(item.members) for item in items} == {num_members}
    assert all(item.quota == 2 for item in items)


def test_the_same_seed_draws_the_same_items() -> None:
    material = make_material(controls={"repeats": 0.3})
    one, two = (
        [(item.kind, item.prompt.key, item.members) for item in drawing.draw(material)]
        for _ in range(2)
    )

    assert one == two


def test_arms_are_compared_on_the_same_seeds() -> None:
    material = make_material(seeds=(1, 2, 3), seeds_per_prompt=2)
    seed_of = {output.id: output.seed for output in material.outputs}
    seeds: dict[tuple[str, uuid.UUID | None], set[int]] = {}
    for item in drawing.draw(material):
        (member,) = item.members
        seeds.setdefault((item.prompt.key, member.arm_id), set()).add(seed_of[member.output_id])

    for prompt in material.prompts:
        chosen = {frozenset(seeds[prompt.key, arm.id]) for arm in material.arms}
        assert len(chosen) == 1
        assert len(next(iter(chosen))) == 2


def test_controls_are_drawn_in_the_shares_that_are_asked_for() -> None:
    controls = {"repeats": 0.25, "wrong_culture": 0.25, "checks": 2}
    kinds = draw_kinds(make_material(controls=controls))

    assert kinds == {
        ItemKind.PRIMARY: 12,
        ItemKind.REPEAT: 3,
        ItemKind.WRONG_CULTURE: 3,
        ItemKind.CHECK: 2,
    }


def test_a_wrong_culture_item_shows_another_prompts_output() -> None:
    material = make_material(controls={"repeats": 0, "wrong_culture": 0.5})
    prompt_of = {output.id: output.prompt_id for output in material.outputs}
    wrong = [item for item in drawing.draw(material) if item.kind == ItemKind.WRONG_CULTURE]

    assert len(wrong) == 6
    for item in wrong:
        assert prompt_of[item.members[0].output_id] != item.prompt.id
        assert item.expected == {"correctness": [1]}


def test_a_repeat_points_at_what_it_repeats() -> None:
    items = drawing.draw(make_material(controls={"repeats": 0.5}))
    repeats = [item for item in items if item.kind == ItemKind.REPEAT]

    assert len(repeats) == 6
    for item in repeats:
        assert item.original in items
        assert item.original is not None
        assert item.members == item.original.members
        assert item.id != item.original.id


def test_practice_and_known_answers_are_for_everybody() -> None:
    gold = {"prompt_key": "p1", "arm": "arm 0", "criterion": "correctness", "accepted": [2, 3]}
    material = make_material(
        controls={"repeats": 0, "gold": [gold]},
        practice=[{"prompt_key": "p0", "arm": "arm 1", "best": {"correctness": 3}}],
    )
    known = {item.kind: item for item in drawing.draw(material) if item.expected}

    assert known[ItemKind.GOLD].expected == {"correctness": [2, 3]}
    assert known[ItemKind.PRACTICE].expected == {"correctness": [3]}
    assert {item.quota for item in known.values()} == {controls.NO_QUOTA}


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"form": "rank", "num_arms": 2}, "it needs at least 3 arms; it has 2."),
        ({"num_prompts": 0}, "it has no prompts in the chosen strata."),
        ({"seeds_per_prompt": 2}, "such as 'p0', the arms have fewer than 2 seeds in common."),
        (
            {"practice": [{"prompt_key": "none", "arm": "arm 0", "best": {}}]},
            "There is no output of 'arm 0' for the prompt 'none'.",
        ),
    ],
)
def test_what_makes_no_study_is_said(changes: dict[str, Any], gap: str) -> None:
    assert any(gap in each for each in drawing.list_gaps(make_material(**changes)))


def test_an_arm_without_an_output_of_a_prompt_is_named() -> None:
    material = make_material()
    lacking = material.arms[1]
    there = [each for each in material.outputs if each.arm_id != lacking.id]

    assert drawing.list_gaps(replace(material, outputs=there)) == [
        "the arm 'arm 1' has no output of 4 of 4 prompts, such as 'p0'."
    ]


def test_outputs_of_other_parameters_are_not_compared() -> None:
    material = make_material(num_arms=2)
    first = material.arms[0]
    made = [
        replace(each, parameters="fast" if each.arm_id == first.id else "slow")
        for each in material.outputs
    ]

    assert drawing.list_gaps(replace(material, outputs=made)) == [
        "its arms have no outputs that were made under the same parameters."
    ]


def test_a_preview_draws_what_is_whole_and_leaves_out_the_rest() -> None:
    material = make_material(num_prompts=3, num_arms=2)
    assert len(drawing.draw_preview(material)) == 6
    short = replace(material, outputs=material.outputs[1:])
    assert len(drawing.draw_preview(short)) == 4
    assert [item.prompt for item in drawing.draw_preview(short)] == [
        item.prompt for item in drawing.draw_preview(short)
    ]


def test_a_preview_of_pairs_needs_something_to_stand_beside() -> None:
    material = make_material(num_arms=2, form="pair")
    bare = replace(material, arms=[replace(arm, is_baseline=False) for arm in material.arms])

    assert drawing.draw_preview(bare) == []
    assert drawing.draw_preview(replace(material, arms=material.arms[:1])) == []
