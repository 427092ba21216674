"""A study begins with a preset, and what is said on top wins."""

import pytest

from domain.errors import Invalid
from domain.regions import service as regions
from domain.regions.errors import RegionNotFound
from domain.settings import Settings
from domain.studies import presets
from reports.language import LANGUAGES

PRESET, REGION = "sea-vl", "sea"


def test_a_preset_is_a_design_and_its_words_for_a_region(settings: Settings) -> None:
    design, wording = presets.get(settings, PRESET, REGION)

    assert PRESET in presets.list_names()
    assert [(each.key, each.levels) for each in design.criteria] == [
        ("correctness", 3),
        ("naturalness", 3),
    ]
    assert (design.form, design.raters_per_item) == ("likert", 3)
    assert design.controls.photos > 0
    region = regions.get_region(settings, REGION)
    assert design.strata == tuple(each.key for each in region.strata)
    assert list(wording.languages) == list(LANGUAGES)


def test_fields_and_languages_that_are_given_take_the_place_of_the_presets(
    settings: Settings,
) -> None:
    _, before = presets.get(settings, PRESET, REGION)
    english = before.languages["en"].model_dump(mode="json") | {"title": "Ours"}
    design, wording = presets.fill(
        settings, PRESET, REGION, design={"raters_per_item": 5, "strata": ["cuisine"]},
        wording={"languages": {"en": english}, "completion_code": "Thanks"},
    )  # fmt: skip

    assert (design.raters_per_item, design.strata) == (5, ("cuisine",))
    assert len(design.criteria) == 2
    assert wording.languages["en"].title == "Ours"
    assert wording.languages["id"] == before.languages["id"]
    assert wording.completion_code == "Thanks"


@pytest.mark.parametrize(
    ("design", "wording", "sentence"),
    [
        ({"raters_per_item": 0}, {}, "raters_per_item"),
        ({"colour": "red"}, {}, "colour"),
        ({}, {"languages": ["en"]}, "languages"),
        ({}, {"languages": {"en": {}}}, "title"),
    ],
)
def test_what_is_given_and_cannot_be_is_said(
    settings: Settings, design: dict[str, object], wording: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        presets.fill(settings, PRESET, REGION, design=design, wording=wording)


def test_an_unknown_preset_is_named_with_those_there_are(settings: Settings) -> None:
    with pytest.raises(Invalid, match=r"no preset 'mine' for studies; there are: .*sea-vl"):
        presets.get(settings, "mine", REGION)
    with pytest.raises(RegionNotFound):
        presets.get(settings, PRESET, "atlantis")
