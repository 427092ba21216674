"""Licences that are allowed. A row without one has that of its data set."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ml.datasets.problems import shown
from ml.filtering.rows import Reason, Row
from ml.filtering.stage import Stage, Tools
from specs.filters.licence import LicenceList


def build(spec: LicenceList, tools: Tools, saved: Any) -> Stage:  # noqa: ARG001 - the form of every stage
    allowed = tuple(each.strip().casefold() for each in spec.allowed)
    return Stage(judge=partial(_judge, allowed, tools.licence))


def _judge(allowed: Sequence[str], of_dataset: str, rows: Sequence[Row]) -> list[Reason | None]:
    return [_judge_one(allowed, row.raw.licence or of_dataset) for row in rows]


def _judge_one(allowed: Sequence[str], licence: str) -> Reason | None:
    if not licence:
        return Reason("no_licence", "Neither the row nor its data set names a licence.")
    folded = licence.strip().casefold()
    for each in allowed:
        if folded == each or (each.endswith("*") and folded.startswith(each[:-1])):
            return None
    return Reason("licence_not_allowed", f"The licence '{shown(licence)}' is not on the list.")
