"""The form of a study: what most people set has fields of its own, the rest is YAML in the words of
the specifications. What was typed is kept as it was typed, right or wrong.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from app.jobs.forms import say
from app.rendering import Translate
from app.studies import defaults
from domain.studies.service import ArmChoice
from domain.variants import queries as variants
from specs import yaml_text
from specs.region import Region
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

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
# What alone makes no plan: it is filled in from the start.
_ALWAYS_FILLED = frozenset({"significance_level"})
_NAMES = (*ABOUT, *DESIGN.values(), "design", *REGISTRATION, "words")
_ARM = "arm-"
ROLES = ("", "arm", "baseline", "photos")

Model = TypeVar("Model", bound=BaseModel)


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


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What was understood of it. Without errors all of it is there."""

    design: StudyDesign | None
    registration: Registration | None
    arms: tuple[ArmChoice, ...]
    errors: dict[str, str] = field(default_factory=dict)


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


def parse(session: Session, typed: Typed, translate: Translate) -> Parsed:
    wrong: dict[str, str] = {}
    return Parsed(
        design=_parse_design(typed.values, wrong, translate),
        registration=_parse_registration(typed.values, wrong, translate),
        arms=_parse_arms(session, typed, wrong, translate),
        errors=wrong,
    )


def parse_words(text: str, wrong: dict[str, str], translate: Translate) -> StudyWording | None:
    values = _parse_yaml("words", text, wrong, translate)
    if values is None:
        return None
    try:
        return StudyWording.model_validate(values)
    except ValidationError as error:
        _explain(error, {}, "words", wrong, translate)
        return None


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


def _parse_design(
    values: Mapping[str, str], wrong: dict[str, str], _: Translate
) -> StudyDesign | None:
    rest = _parse_yaml("design", values["design"], wrong, _)
    criteria = _read_criteria(values["criteria"])
    if not criteria:
        wrong["criteria"] = _("Name at least one criterion.")
    if rest is None or "criteria" in wrong:
        return None
    for place, name in DESIGN.items():
        if _has(rest, place):
            wrong["design"] = _("'%(name)s' has a field of its own.", name=".".join(place))
            return None
        _put(rest, place, criteria if name == "criteria" else values[name].strip())
    try:
        return StudyDesign.model_validate(rest)
    except ValidationError as error:
        _explain(error, DESIGN, "design", wrong, _)
        return None


def _read_criteria(text: str) -> list[dict[str, str]]:
    """A line each: the key, and behind a colon the number of levels."""
    found = []
    for line in text.splitlines():
        key, _, levels = (part.strip() for part in line.partition(":"))
        if key:
            found.append({"key": key} | ({"levels": levels} if levels else {}))
    return found


def _has(values: Mapping[str, Any], place: Sequence[str]) -> bool:
    inner = values.get(place[0])
    if len(place) == 1:
        return place[0] in values
    return isinstance(inner, dict) and place[1] in inner


def _put(values: dict[str, Any], place: Sequence[str], value: Any) -> None:
    """An empty field means the default; what is no mapping is left to the specification to say."""
    if value == "":
        return
    if len(place) == 1:
        values[place[0]] = value
        return
    if values.get(place[0]) is None:
        values[place[0]] = {}
    if isinstance(values[place[0]], dict):
        values[place[0]] = {**values[place[0]], place[1]: value}


def _parse_registration(
    values: Mapping[str, str], wrong: dict[str, str], translate: Translate
) -> Registration | None:
    """None where nothing of it was filled in."""
    given = {name: values[name].strip() for name in REGISTRATION if values[name].strip()}
    if not given.keys() - _ALWAYS_FILLED:
        return None
    try:
        return Registration.model_validate(given)
    except ValidationError as error:
        places: dict[tuple[str, ...], str] = {(name,): name for name in REGISTRATION}
        _explain(error, places, "primary_criterion", wrong, translate)
        return None


def _parse_arms(
    session: Session, typed: Typed, wrong: dict[str, str], _: Translate
) -> tuple[ArmChoice, ...]:
    known = variants.list_by_id(session, typed.chosen_ids)
    chosen = [role for role in typed.roles.values() if role]
    if len(known) < len(chosen):
        wrong["arms"] = _("One of these models is no longer there.")
    elif chosen.count("baseline") > 1:
        wrong["arms"] = _("Only one arm can be the baseline.")
    if "arms" in wrong:
        return ()
    return tuple(
        ArmChoice(variant_id=key, is_baseline=role == "baseline", is_photo=role == "photos")
        for key, role in ((key, typed.roles[str(key)]) for key in typed.chosen_ids)
    )


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _parse_yaml(name: str, text: str, wrong: dict[str, str], _: Translate) -> dict[str, Any] | None:
    try:
        values = yaml_text.read(text)
    except yaml_text.NotYaml as error:
        wrong[name] = _("This is not YAML: %(reason)s.", reason=error)
        return None
    if values is None:
        return {}
    if not isinstance(values, dict):
        wrong[name] = _("It does not hold fields and values.")
        return None
    return values


def _explain(
    error: ValidationError,
    places: Mapping[tuple[str, ...], str],
    otherwise: str,
    wrong: dict[str, str],
    translate: Translate,
) -> None:
    """The first mistake of each field of the form, with its place where that is in YAML."""
    for problem in error.errors(include_url=False):
        sentence = say(problem, translate)
        name = _place(problem, places)
        if name is None:
            where = ".".join(str(part) for part in problem["loc"])
            wrong.setdefault(otherwise, f"{where}: {sentence}" if where else sentence)
        else:
            wrong.setdefault(name, _say_of_criteria(problem, sentence, translate))


def _place(problem: ErrorDetails, places: Mapping[tuple[str, ...], str]) -> str | None:
    loc = tuple(str(part) for part in problem["loc"])
    return next((name for place, name in places.items() if loc[: len(place)] == place), None)


def _say_of_criteria(problem: ErrorDetails, sentence: str, _: Translate) -> str:
    if problem["type"] == "string_pattern_mismatch":
        return _("A key has small letters, digits and underscores, such as fits_the_place.")
    return sentence


def check(
    model: type[Model], given: Mapping[str, str], translate: Translate
) -> tuple[Model | None, dict[str, str]]:
    """A small form as values, or what is wrong with it by field. Empty means the default."""
    try:
        filled = {name: text.strip() for name, text in given.items() if text.strip()}
        return model.model_validate(filled), {}
    except ValidationError as error:
        wrong: dict[str, str] = {}
        for problem in error.errors(include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            wrong.setdefault(name, say(problem, translate))
        return None, wrong
