"""How the things of a study are called: by its own texts, else by their keys."""

import re

from domain.results.report import Report
from reports.speech import Speech


def say_criterion(report: Report, key: str, _: Speech) -> str:
    found = next((each for each in report.design.criteria if each.key == key), None)
    return _.pick(found.names, key) if found else key


def say_stratum(report: Report, key: str, _: Speech) -> str:
    return _.pick(report.design.strata.get(key, {}), key)


def say_group(report: Report, group: tuple[str, str] | None, _: Speech) -> str:
    if group is None:
        return _("all")
    column, label = group
    if column == "stratum":
        return say_stratum(report, label, _)
    # As codes a country and a language look alike, and 'my' is both.
    say = {"country": _.country, "language": _.language}.get(column, str)
    return say(label)


def as_id(text: str) -> str:
    """For the id of an element: letters and digits only, the rest by number."""
    return re.sub(r"[^a-zA-Z0-9]", lambda found: f"-{ord(found[0]):x}-", text)
