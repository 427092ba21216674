"""Named settings of a kind, as data: one YAML file each, in the folder `presets`.

A preset fills in fields; whoever asks may change each of them. What is computed is decided by the
fields alone, so a preset's name is no part of a specification. Besides job kinds there is the kind
`study`, whose fields are a design and its words.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from specs import registry, yaml_text
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.preset import StudyPreset
from specs.study.wording import StudyWording

STUDY = "study"  # the kind of presets that begin a study and no job
OWN_FOLDER = Path(__file__).resolve().parents[1] / "presets"


class PresetUnreadable(ValueError):
    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"The preset {file} cannot be read: {reason}.")


class UnknownPreset(ValueError):
    def __init__(self, name: str, kind: str, known: list[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(f"'{kind}' has no preset '{name}'; there are: {names}.")


class Preset(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    label: str = Field(min_length=1, max_length=120)
    paper: str | None = None
    kind: str
    summary: str = ""
    spec: Mapping[str, Any]

    @model_validator(mode="after")
    def _check_spec(self) -> "Preset":
        """Every field it names exists and takes the value."""
        _find_model(self.kind).model_validate(dict(self.spec))
        return self

    def fill(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What was given wins."""
        return {**self.spec, **values}


def list_presets(kind: str | None = None, folder: Path = OWN_FOLDER) -> list[Preset]:
    """By name. One that is wrong stops everything: to leave it out would be a silent loss."""
    found = [read(path) for path in sorted(folder.glob("*.yaml"))]
    return [preset for preset in found if kind in (None, preset.kind)]


def find_preset(name: str, kind: str, folder: Path = OWN_FOLDER) -> Preset:
    presets = list_presets(kind, folder)
    for preset in presets:
        if preset.name == name:
            return preset
    raise UnknownPreset(name, kind, [preset.name for preset in presets])


def get_study(
    name: str, region: Region, folder: Path = OWN_FOLDER
) -> tuple[StudyDesign, StudyWording]:
    """What a study of this region begins with. Raises UnknownPreset."""
    found = find_preset(name, STUDY, folder)
    return StudyPreset.model_validate(dict(found.spec)).settle(region)


def _find_model(kind: str) -> type[BaseModel]:
    return StudyPreset if kind == STUDY else registry.find_spec(kind)


def read(path: Path) -> Preset:
    try:
        preset = Preset.model_validate(yaml_text.read(path.read_text("utf-8")))
    except yaml_text.NotYaml as error:
        raise PresetUnreadable(path.name, f"it is not YAML ({error})") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PresetUnreadable(path.name, f"{where} {first['msg']}".strip()) from error
    if preset.name != path.stem:
        raise PresetUnreadable(path.name, f"it calls itself '{preset.name}'")
    return preset
