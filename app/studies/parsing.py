"""What was typed into the form of a study, as values; or what is wrong with it, by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.orm import Session

from app.jobs.forms import say
from app.rendering import Translate
from app.studies.forms import DESIGN, REGISTRATION, Typed
from domain.studies.drafting import ArmChoice
from domain.variants import queries as variants
from specs import yaml_text
from specs.study.design import StudyDesign
from specs.study.registration import Registration
from specs.study.wording import StudyWording

# What alone makes no plan: it is filled in from the start.
_ALWAYS_FILLED = frozenset({"significance_level"})

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What was understood of it. Without errors all of it is there."""

    design: StudyDesign | None
    registration: Registration | None
    arms: tuple[ArmChoice, ...]
    errors: dict[str, str] = field(default_factory=dict)


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
