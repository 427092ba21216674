"""Studies that begin with a preset: what is said on top wins."""

from collections.abc import Mapping
from typing import Any

from domain.errors import Invalid
from domain.regions import service as regions
from domain.settings import Settings
from domain.studies import drafting
from specs import presets
from specs.presets import UnknownPreset
from specs.study.design import StudyDesign
from specs.study.wording import StudyWording

Values = Mapping[str, Any]


class PresetUnknown(Invalid):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            "There is no preset '%(name)s' for studies; there are: %(known)s.",
            field="preset",
            name=name,
            known=", ".join(known),
        )


def list_names() -> list[str]:
    return [each.name for each in presets.list_presets(presets.STUDY)]


def get(settings: Settings, name: str, region: str) -> tuple[StudyDesign, StudyWording]:
    """Design and words of a study of this region."""
    try:
        return presets.get_study(name, regions.get_region(settings, region))
    except UnknownPreset as error:
        raise PresetUnknown(name, list_names()) from error


def fill(
    settings: Settings, name: str, region: str, *, design: Values, wording: Values
) -> tuple[StudyDesign, StudyWording]:
    """With these fields of the design, and these languages, in the place of the preset's."""
    its_design, its_wording = get(settings, name, region)
    words = its_wording.model_dump(mode="json")
    languages = wording.get("languages", {})
    if isinstance(languages, Mapping):  # else it is refused as it stands
        languages = {**words["languages"], **languages}
    return (
        drafting.parse_design({**its_design.model_dump(mode="json"), **design}),
        drafting.parse_wording({**words, **wording, "languages": languages}),
    )
