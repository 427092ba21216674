"""Values for the rater's pages. What a page may know of an item comes from domain.ratings.views."""

import csv
import datetime as dt
import io
import re
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from babel.core import Locale

from app import rendering
from app.formatting import Formats
from app.rate.here import Here
from domain.ratings import coverage, views
from domain.ratings.models import Assignment, CannotJudge
from domain.ratings.task import Task
from domain.regions import service as regions
from domain.studies import service as studies
from specs.region import Country, Language, Named, Region

_ = rendering.translate
_MOST_SHOWN = 100  # of one's own work, on one page
# ISO 3166-1 alpha-2, without what the standard leaves to its users.
_COUNTRY = re.compile(r"(?!ZZ|X[A-JL-Z])[A-Z]{2}")


def collect_about_you(here: Here, region: Region) -> dict[str, Any]:
    return {
        "countries": list_countries(here.language, region),
        "languages": [(each.tag, name_in(each, here.language)) for each in region.languages],
        "strata": [(each.key, name_in(each, here.language)) for each in region.strata],
        "profile": here.rater.profile,
    }


def collect_guide(here: Here) -> dict[str, Any]:
    design = studies.read_design(here.study)
    return {
        "criteria": views.ask(design, here.words),
        "paragraphs": split_paragraphs(here.words.guide),
        "has_practice": bool(design.practice),
    }


def collect_task(
    here: Here, assignment: Assignment, *, is_practice: bool = False
) -> dict[str, Any]:
    task = views.show(here.session, here.rater, assignment, here.language)
    progress = coverage.count_progress(here.session, here.rater)
    return _describe(here, task, progress, is_practice=is_practice)


def _describe(
    here: Here, task: Task, progress: tuple[int, int], *, is_practice: bool = False
) -> dict[str, Any]:
    where = "practice" if is_practice else "items"
    done, total = progress
    return {
        "task": task,
        "is_practice": is_practice,
        "action": f"{here.address}/{where}/{task.token}",
        "pictures": f"{here.address}/items/{task.token}/pictures",
        "page_key": uuid.uuid4(),
        "done": done,
        "total": total,
        "reasons": list(CannotJudge),
        "sent": None,
        "errors": {},
        "question": "",
        "where": say_where(here, task),
    }


def say_where(here: Here, task: Task) -> str:
    """What kind of thing is asked for, and where it is at home, as far as that is known."""
    region = regions.get_region(here.request.app.state.settings, here.study.region)
    stratum = next((each for each in region.strata if each.key == task.stratum), None)
    named = [stratum, region.find_country(task.country)]
    return " · ".join(name_in(each, here.language) for each in named if each is not None)


def collect_hand(here: Here, held: Sequence[Assignment], has: Collection[str]) -> dict[str, Any]:
    """For the page's script: what this rater holds as it will be shown, with the pictures to have
    ready. What the page has already is named by its token alone.
    """
    new = [each for each in held if str(each.id) not in has]
    tasks = views.show_all(here.session, here.rater, new, here.language)
    progress = coverage.count_progress(here.session, here.rater)
    shown = {task.token: _render_task(here, task, progress) for task in tasks}
    done, total = progress
    return {
        "items": [{"token": str(each.id), **shown.get(each.id, {})} for each in held],
        "done": done,
        "total": total,
        "progress": _say_progress(here, done, total),
    }


def _render_task(here: Here, task: Task, progress: tuple[int, int]) -> dict[str, Any]:
    values = _describe(here, task, progress)
    html = rendering.render_fragment(here.request, "rate/work.html", "main", here=here, **values)
    pictures = [f"{values['pictures']}/question"] if task.question else []
    pictures += [
        f"{values['pictures']}/{output.position}" for output in task.outputs if output.is_picture
    ]
    return {"html": html, "pictures": pictures}


def _say_progress(here: Here, done: int, total: int) -> str:
    """As the bar says it on a page of work."""
    formats = Formats(here.language)
    return _(
        here.request, "%(done)s of %(total)s",
        done=formats.number(done), total=formats.number(total),
    )  # fmt: skip


def collect_mine(here: Here) -> dict[str, Any]:
    done, total = coverage.count_progress(here.session, here.rater)
    newest = views.list_done(here.session, here.rater)[:_MOST_SHOWN]
    tasks = views.show_all(here.session, here.rater, newest, here.language)
    return {"rows": list(zip(newest, tasks, strict=True)), "done": done, "total": total}


def write_csv(here: Here) -> str:
    """A rater's own words and choices: prompt, what was chosen, comment, when."""
    keys = [each.key for each in studies.read_design(here.study).criteria]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["prompt", *keys, "cannot_judge", "comment", "rated_at"])
    done = views.list_done(here.session, here.rater)
    for task in views.show_all(here.session, here.rater, done, here.language):
        if task.said is None:
            continue
        values = [task.said.values.get(key, "") for key in keys]
        row = [task.prompt, *values, task.said.cannot_judge, task.said.comment, task.said.at]
        writer.writerow([_as_cell(value) for value in row])
    return text.getvalue()


def _as_cell(value: object) -> str:
    """A spreadsheet takes what begins like a formula for one."""
    text = value.isoformat() if isinstance(value, dt.datetime) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def list_countries(language: str, region: Region) -> list[tuple[str, str]]:
    """Those of the region first, in its own words; then all others."""
    first = [(each.code, name_in(each, language)) for each in region.countries]
    known = {code for code, _ in first}
    territories = Locale.parse(language).territories
    others = [
        (code, name)
        for code, name in territories.items()
        if _COUNTRY.fullmatch(code) and code not in known
    ]
    return [*first, *sorted(others, key=lambda each: each[1])]


def name_in(named: Named, language: str) -> str:
    """As the region's file has it; countries and languages else as everybody calls them."""
    return named.names.get(language) or _find_name(named, language) or named.names["en"]


def _find_name(named: Named, language: str) -> str | None:
    locale = Locale.parse(language)
    match named:
        case Country():
            return locale.territories.get(named.code)
        case Language():
            return locale.languages.get(named.tag)
        case _:
            return None


def split_paragraphs(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]
