"""SEA-VQA (Urailertprasert et al. 2024): `image_path` (an address, as published), `question`,
`choice_a` and so on, `correct_answer` (a letter).

The hub has a table per country, `cambodia.json`, or as Parquet a folder per country,
`default/cambodia/0000.parquet`. A column `country` says more than either.
"""

import string
from collections.abc import Mapping
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, shown
from ml.importing.quizzes import cells
from ml.importing.quizzes.shapes.found import Found, Place

columns = (("question",), ("choice_a",), ("choice_b",), ("correct_answer",))
LANGUAGE = "en"
LONGEST_CODE = 3


def read(row: Mapping[str, Any], place: Place) -> list[Found]:
    said = cells.read_text(row, "country")
    named = _find_named_country(place)
    options = _read_options(row)
    return [
        Found(
            key=cells.read_text(row, "id", "question_id") or f"{place.table.key}-{place.number}",
            question=cells.need_question(row, "question"),
            options=options,
            answer=cells.find_option(cells.read_text(row, "correct_answer"), options),
            picture=cells.read_picture(row, "image", "image_path", "image_url", "file"),
            country=place.names.read_country(said or named or _need_scope(place)),
            language=place.names.read_language(cells.read_text(row, "language")) or LANGUAGE,
            category=cells.read_text(row, "category", "concept", "culture", "heritage"),
            split=place.table.split,
            source=cells.read_text(row, "source", "url"),
            licence=cells.read_text(row, "licence", "license"),
        )
    ]


def _find_named_country(place: Place) -> str:
    """Whose table or folder it is, by name: codes such as 'my' and 'vi' are languages' as well."""
    names = (name for name in (place.table.stem, place.table.folder) if len(name) > LONGEST_CODE)
    countries = ((name, place.names.read_country(name)) for name in names)
    return next((name for name, country in countries if place.names.is_country(country)), "")


def _need_scope(place: Place) -> str:
    """No country, which is enough where somebody has laid down what the questions measure."""
    if place.spec.scope == "auto":
        raise UnfitItem(
            Reason.NO_SCOPE,
            f"'{shown(place.table.name)}' is called after no country that is known, and the row "
            "does not say one: name the table or its folder like the country, or name a scope.",
        )
    return ""


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
