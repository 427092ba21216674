"""What the study says is whole in both of its languages, and its practice is on what is there."""

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from sandbox.study import arms, content
from specs import presets
from specs.study import wording
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording

ARMS = [*(arms.name_arm(beta) for beta in arms.BETAS), arms.DRAWN]


@pytest.fixture
def composed(settings: Settings) -> tuple[StudyDesign, StudyWording]:
    region = regions.get_region(settings, content.read().region)
    return content.read().compose(region, {arm: arm for arm in ARMS})


def test_it_says_everything_in_english_and_indonesian(
    composed: tuple[StudyDesign, StudyWording],
) -> None:
    design, words = composed
    keys = {prompt.key for prompt in content.list_prompts()}

    assert wording.list_gaps(design, words) == []
    assert list(words.languages) == ["en", "id"]
    for tag in words.languages:
        assert set(words.languages[tag].prompts) == keys
    assert words.languages["id"].guide != words.languages["en"].guide


def test_it_asks_what_the_preset_asks_of_more_people(
    composed: tuple[StudyDesign, StudyWording], settings: Settings
) -> None:
    design, words = composed
    region = regions.get_region(settings, content.read().region)
    preset, its_words = presets.get_study(content.read().preset, region)

    assert (design.criteria, design.strata) == (preset.criteria, preset.strata)
    assert design.raters_per_item == preset.raters_per_item + 6
    for tag in words.languages:
        assert words.languages[tag].criteria == its_words.languages[tag].criteria


def test_its_prompts_are_of_all_strata_alike() -> None:
    prompts = content.list_prompts()
    strata = [prompt.stratum for prompt in prompts]

    assert len(prompts) == 24
    assert {strata.count(stratum) for stratum in strata} == {8}
    assert len({prompt.scene.concept for prompt in prompts}) == 12


def test_it_is_practised_on_arms_that_are_compared() -> None:
    practice = content.read().practice

    assert 2 <= len(practice) <= 5
    assert {each.arm for each in practice} <= set(ARMS[:-1])
    assert len({each.prompt_key for each in practice}) == len(practice)
    assert {each.prompt_key for each in practice} <= {each.key for each in content.list_prompts()}


def test_an_arm_whose_name_was_taken_is_practised_on_under_its_own(settings: Settings) -> None:
    region = regions.get_region(settings, content.read().region)
    design, _ = content.read().compose(region, {arm: f"{arm} (2)" for arm in ARMS})

    assert all(each.arm.endswith(" (2)") for each in design.practice)
