"""What an encoder finds, in each language and both directions: for the page of a model."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale

from app.datasets.pages import name_language
from app.variants.scores import ScoreColumn, Scores
from domain.benchmarks.service import BY_LANGUAGE


@dataclass(frozen=True)
class Retrieval:
    """One newest score of retrieval, with its rows by language and direction."""

    column: ScoreColumn
    rows: Sequence[tuple[str, Mapping[str, Any]]]  # the language's name, and what was measured


def list_retrievals(scores: Scores, variant_id: uuid.UUID, reader: Locale) -> list[Retrieval]:
    found = scores.by_variant.get(variant_id, {})
    return [
        Retrieval(column, _name(rows, reader))
        for column in scores.columns
        if column in found and (rows := found[column].facts.get(BY_LANGUAGE))
    ]


def _name(rows: Sequence[Mapping[str, Any]], reader: Locale) -> list[tuple[str, Mapping[str, Any]]]:
    named = [(row["language"] and name_language(row["language"], reader), row) for row in rows]
    return sorted(named, key=lambda each: (each[0], each[1]["direction"]))
