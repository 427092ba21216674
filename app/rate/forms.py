"""What a rater's forms send, as values. Broken input is an answer that was not given."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import Depends
from starlette.requests import Request

from domain.ratings.enrolment import Profile
from domain.ratings.saving import Submission
from domain.settings import find_version
from specs.study.design import StudyDesign

_LONGEST_ACTIVE_MS = 24 * 3600 * 1000
_UNKNOWN_PAGE = uuid.UUID(int=0)
_MOST_PLACES = 12

Fields = Mapping[str, list[str]]


async def receive(request: Request) -> Fields:
    async with request.form() as form:
        found: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
        return found


FieldsDep = Annotated[Fields, Depends(receive)]


def read_one(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[-1]


def read_submission(
    fields: Fields, design: StudyDesign, assignment_id: uuid.UUID, language: str
) -> Submission:
    reason = read_one(fields, "cannot_judge")
    values = {} if reason else {c.key: _read_value(fields, design, c.key) for c in design.criteria}
    comment = read_one(fields, "comment")
    return Submission(
        client_key=_make_key(fields, assignment_id, values, reason, comment),
        values=values,
        cannot_judge=reason,
        comment=comment,
        zawgyi=_read_zawgyi(fields),
        ui_language=language,
        active_ms=min(_read_active_ms(fields), _LONGEST_ACTIVE_MS),
        client_at=_read_moment(fields, "client_at"),
        app_version=find_version(),
    )


def read_profile(fields: Fields, strata: tuple[str, ...]) -> Profile:
    return Profile(
        country=read_one(fields, "country")[:2].upper(),
        grew_up_in=read_one(fields, "grew_up_in")[:2].upper(),
        languages=tuple(each[:12] for each in fields.get("languages", ())[:20]),
        expertise={each: _read_number(fields, f"expertise_{each}") % 3 for each in strata},
    )


def _make_key(
    fields: Fields,
    assignment_id: uuid.UUID,
    values: Mapping[str, object],
    reason: str,
    comment: str,
) -> uuid.UUID:
    """Of the page and what was said on it: a double click is the same rating, and somebody who goes
    back and chooses otherwise says something new.
    """
    try:
        page = uuid.UUID(read_one(fields, "page_key"))
    except ValueError:
        page = _UNKNOWN_PAGE
    said = [str(assignment_id), values, reason, comment]
    if answer := _read_zawgyi(fields):
        said.append(answer)
    return uuid.uuid5(page, json.dumps(said, sort_keys=True))


def _read_value(fields: Fields, design: StudyDesign, criterion: str) -> object:
    if design.form != "rank":
        return read_one(fields, criterion)
    places = [read_one(fields, f"{criterion}_{position}") for position in range(_MOST_PLACES)]
    given = [place for place in places if place]
    return [int(each) if each.isdigit() else each for each in given]


def _read_zawgyi(fields: Fields) -> Literal["", "change", "keep"]:
    match read_one(fields, "zawgyi"):
        case "change":
            return "change"
        case "keep":
            return "keep"
    return ""


def _read_active_ms(fields: Fields) -> int:
    """On this page, and on the same one before it came back with a question."""
    return _read_number(fields, "active_ms") + _read_number(fields, "earlier_ms")


def _read_number(fields: Fields, name: str) -> int:
    text = read_one(fields, name)
    return int(text[:12]) if text.isascii() and text.isdigit() else 0


def _read_moment(fields: Fields, name: str) -> dt.datetime | None:
    """A phone's clock may be wrong: it is noted beside the server's, and believed by nobody."""
    try:
        found = dt.datetime.fromisoformat(read_one(fields, name))
    except ValueError:
        return None
    return found if found.tzinfo else None
