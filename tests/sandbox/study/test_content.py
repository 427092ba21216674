"""What the study says is whole in all of its languages, and its practice is on what is there."""

import pytest

from domain.regions import service as regions
from domain.settings import Settings
from reports.language import LANGUAGES
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


def test_it_says_everything_in_every_language_of_the_pages(
    composed: tuple[StudyDesign, StudyWording],
) -> None:
    design, words = composed
    keys = {prompt.key for prompt in content.list_prompts()}

    assert wording.list_gaps(design, words) == []
    assert list(words.languages) == list(LANGUAGES)
    for tag in words.languages:
        assert set(words.languages[tag].prompts) == keys
        assert len(set(words.languages[tag].prompts.values())) == len(keys)
        assert set(words.languages[tag].explanations) == {
            each.prompt_key for each in design.practice
        }


def test_nothing_in_another_language_is_as_in_english_or_in_the_preset(
    composed: tuple[StudyDesign, StudyWording], settings: Settings
) -> None:
    _, words = composed
    region = regions.get_region(settings, content.read().region)
    _, its_words = presets.get_study(content.read().preset, region)
    english = words.languages["en"]
    for tag, said in words.languages.items():
        for name in ("title", "about", "runner", "duration", "consent", "guide", "thanks"):
            text = getattr(said, name)
            assert text != getattr(its_words.languages[tag], name), f"{name} in '{tag}'"
            assert tag == "en" or text != getattr(english, name), f"{name} in '{tag}'"
        for kind in ("prompts", "explanations"):
            theirs, ours = getattr(english, kind), getattr(said, kind)
            assert tag == "en" or not [key for key in ours if ours[key] == theirs[key]]


def test_every_guide_names_the_twelve_things_and_has_as_many_paragraphs(
    composed: tuple[StudyDesign, StudyWording],
) -> None:
    """In Latin letters, too, where the script is another: that is what people look up."""
    _, words = composed
    named = [
        "kawung",
        "parang",
        "ikat",
        "wayang",
        "wau",
        "bentar",
        "gadang",
        "stupa",
        "panggung",
        "tumpeng",
        "ketupat",
        "klepon",
    ]
    for tag, said in words.languages.items():
        text = said.guide.lower()
        assert not [name for name in named if name not in text], tag
        assert text.count("\n\n") == 4, tag


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

    assert 3 <= len(practice) <= 5
    assert {each.arm for each in practice} <= set(ARMS[:-1])
    assert len({each.prompt_key for each in practice}) == len(practice)
    assert {each.prompt_key for each in practice} <= {each.key for each in content.list_prompts()}


def test_an_arm_whose_name_was_taken_is_practised_on_under_its_own(settings: Settings) -> None:
    region = regions.get_region(settings, content.read().region)
    design, _ = content.read().compose(region, {arm: f"{arm} (2)" for arm in ARMS})

    assert all(each.arm.endswith(" (2)") for each in design.practice)
