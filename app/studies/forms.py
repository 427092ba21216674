"""The form of a study: what most people set has fields of its own, the rest is YAML in the words of
the specifications. What was typed is kept as it was typed, right or wrong.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from starlette.datastructures import FormData

from app.studies import defaults
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.registration import Registration

ABOUT = ("name", "region", "prompt_set")
# Of the design: fields of the form by where the specification has them.
DESIGN = {
    ("form",): "form",
    ("medium",): "medium",
    ("criteria",): "criteria",
    ("raters_per_item",): "raters_per_item",
    ("eligibility", "countries"): "countries",
    ("controls", "warn_after"): "warn_after",
    ("controls", "pause_after"): "pause_after",
}
REGISTRATION = tuple(Registration.model_fields)
_NAMES = (*ABOUT, *DESIGN.values(), "design", *REGISTRATION, "words")
_ARM = "arm-"
ROLES = ("", "arm", "baseline", "photos")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A study as it stands in the form."""

    values: Mapping[str, str]
    roles: Mapping[str, str]  # id of a variant -> one of ROLES

    @property
    def chosen_ids(self) -> list[uuid.UUID]:
        """Of models that are part of it."""
        found = [_read_id(key) for key, role in self.roles.items() if role]
        return [each for each in found if each is not None]


def read(sent: FormData) -> Typed:
    values = {name: _read_text(sent, name) for name in _NAMES}
    roles = {
        name.removeprefix(_ARM): str(role)
        for name, role in sent.multi_items()
        if name.startswith(_ARM) and role in ROLES
    }
    return Typed(values=values, roles=roles)


def fill(
    design: StudyDesign,
    registration: Registration | None,
    wording: Mapping[str, Any],
    arms: Mapping[str, str],
) -> Typed:
    """As the form shows a study that is there, or that it begins with."""
    planned = dict.fromkeys(REGISTRATION, "") | {"significance_level": "0.05"}
    if registration is not None:
        planned = {name: str(value) for name, value in registration.model_dump().items()}
    values = dict.fromkeys(ABOUT, "") | write_design(design) | planned
    return Typed(values=values | {"words": write_yaml(wording)}, roles=arms)


def begin(spec: Mapping[str, Any], region: Region | None) -> Typed:
    """With what a preset says, or with the defaults. A preset that names no strata is about those
    of the region.
    """
    given = dict(spec.get("design", {}))
    if spec and region is not None:
        given.setdefault("strata", [each.key for each in region.strata])
    design = StudyDesign.model_validate({**defaults.DESIGN.model_dump(), **given})
    planned = spec.get("registration")
    registration = Registration.model_validate(planned) if planned else None
    return fill(design, registration, spec.get("wording") or defaults.WORDS, {})


def write_design(design: StudyDesign) -> dict[str, str]:
    rest = design.model_dump(mode="json", exclude={"form", "medium", "criteria", "raters_per_item"})
    found = {
        "form": design.form,
        "medium": design.medium,
        "criteria": "\n".join(f"{each.key}: {each.levels}" for each in design.criteria),
        "raters_per_item": str(design.raters_per_item),
    }
    for place, name in DESIGN.items():
        if len(place) > 1:
            found[name] = str(rest[place[0]].pop(place[1]))
    return found | {"design": write_yaml(rest)}


def write_yaml(values: Mapping[str, Any]) -> str:
    """For people: in the order of the specification, long texts as paragraphs."""
    return str(
        yaml.dump(dict(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=88)
    )


class _Dumper(yaml.SafeDumper):
    pass


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def _read_text(sent: FormData, name: str) -> str:
    given = sent.get(name)
    return given.replace("\r\n", "\n") if isinstance(given, str) else ""


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
