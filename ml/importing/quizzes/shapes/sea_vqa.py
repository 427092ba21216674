"""SEA-VQA (Urailertprasert et al. 2024): a table per country, or a column `country`; `image_path`
(an address, as published), `question`, `choice_a` and so on, `correct_answer` (a letter).
"""

import string
from collections.abc import Mapping
from typing import Any

from ml.datasets.problems import Reason, UnfitItem
from ml.importing.quizzes import cells
from ml.importing.quizzes.shapes.found import Found, Place

columns = (("question",), ("choice_a",), ("choice_b",), ("correct_answer",))
LANGUAGE = "en"


def read(row: Mapping[str, Any], place: Place) -> list[Found]:
    country = cells.read_text(row, "country") or place.table.stem
    options = _read_options(row)
    key = cells.read_text(row, "id", "question_id") or f"{place.table.stem}-{place.number}"
    return [
        Found(
            key=key,
            question=cells.need_question(row, "question"),
            options=options,
            answer=cells.find_option(cells.read_text(row, "correct_answer"), options),
            picture=cells.read_picture(row, "image", "image_path", "image_url", "file"),
            country=place.names.read_country(country),
            language=place.names.read_language(cells.read_text(row, "language")) or LANGUAGE,
            category=cells.read_text(row, "category", "concept", "culture", "heritage"),
            split=place.table.split,
            source=cells.read_text(row, "source", "url"),
            licence=cells.read_text(row, "licence", "license"),
        )
    ]


def _read_options(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Up to the last that says something; one in between that says nothing is a gap."""
    columns = [f"choice_{letter}" for letter in string.ascii_lowercase]
    said = [cells.read_text(row, column) for column in columns]
    while said and not said[-1]:
        said.pop()
    if "" in said:
        raise UnfitItem(
            Reason.UNREADABLE_ROW, f"The option '{columns[said.index('')]}' is missing."
        )
    return tuple(said)
