"""From rows and files to what the templates of data sets need."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.core import Locale
from sqlalchemy.orm import Session
from starlette.requests import Request

from app import errors, rendering
from domain.artifacts import service as artifacts
from domain.artifacts.errors import ArtifactGone, FileMissing
from domain.datasets import contents, queries
from domain.datasets.contents import ProblemRow
from domain.datasets.models import Dataset
from domain.users.models import User

PROBLEMS_PER_PAGE = 50
SHOWN_VALUES = 12  # of a count, before the rest is summed up


@dataclass(frozen=True)
class Share:
    value: str  # as the data has it; empty: not stated
    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Problems:
    rows: Sequence[ProblemRow]
    reason: str
    counts: Mapping[str, int]
    next_start: int | None
    start: int
    missing: str  # why the files cannot be read, when they cannot


@dataclass(frozen=True)
class DatasetPage:
    dataset: Dataset
    importer: User | None
    num_left_out: int
    notes: Sequence[str]
    sample: Sequence[Mapping[str, Any]]
    licences: Sequence[Share]
    languages: Sequence[Share]
    countries: Sequence[Share]
    splits: Sequence[Share]
    formats: Sequence[Share]
    sides: Sequence[Share]
    artifact_sha256: str
    parent: Dataset | None
    children: Sequence[Dataset]


def name_parents(session: Session, rows: Sequence[Dataset]) -> Mapping[uuid.UUID, str]:
    """What the rows were filtered from, by id."""
    wanted = {row.parent_id for row in rows if row.parent_id}
    return {each.id: each.name for each in queries.list_by_id(session, list(wanted)).values()}


def describe(session: Session, request: Request, dataset: Dataset) -> DatasetPage:
    summary = dataset.summary
    counts = summary.get("counts", {})
    names = Locale.parse(rendering.choose_language(request).code)
    return DatasetPage(
        dataset=dataset,
        importer=queries.find_importer(session, dataset),
        num_left_out=summary.get("num_left_out", 0),
        notes=summary.get("notes", []),
        sample=summary.get("sample", []),
        licences=list_shares(counts.get("licence", {})),
        languages=list_shares(counts.get("language", {}), lambda code: name_language(code, names)),
        countries=list_shares(counts.get("country", {}), lambda code: name_country(code, names)),
        splits=list_shares(counts.get("split", {})),
        formats=list_shares(counts.get("format", {})),
        sides=list_shares(counts.get("side", {})),
        artifact_sha256=artifacts.get(session, dataset.artifact_id).sha256,
        parent=queries.find_parent(session, dataset),
        children=queries.list_filtered(session, dataset),
    )


def list_shares(counts: Mapping[str, int], name: Any = str) -> list[Share]:
    """The most frequent values, each with its part of the whole; nothing if none is stated."""
    if not any(counts):
        return []
    total = sum(counts.values())
    return [
        Share(value, name(value), count, count / total)
        for value, count in list(counts.items())[:SHOWN_VALUES]
    ]


def name_language(code: str, reader: Locale) -> str:
    """Of a longer tag that has no name of its own, that of its language."""
    names = reader.languages
    short = code.partition("-")[0].lower()
    return str(names.get(code.replace("-", "_")) or names.get(short, code))


def name_country(code: str, reader: Locale) -> str:
    return str(reader.territories.get(code.upper(), code))


def list_problems(
    session: Session, request: Request, dataset: Dataset, *, reason: str, start: int
) -> Problems:
    rows: Sequence[ProblemRow] = ()
    missing = ""
    try:
        artifact = artifacts.get_readable(session, dataset.artifact_id)
        rows = contents.list_problems(
            artifact, reason=reason, start=start, limit=PROBLEMS_PER_PAGE + 1
        )
    except (ArtifactGone, FileMissing) as error:
        missing = errors.tell(request, error)
    has_more = len(rows) > PROBLEMS_PER_PAGE
    return Problems(
        rows=rows[:PROBLEMS_PER_PAGE],
        reason=reason,
        counts=dataset.summary.get("counts", {}).get("problem", {}),
        next_start=rows[PROBLEMS_PER_PAGE].number if has_more else None,
        start=start,
        missing=missing,
    )
