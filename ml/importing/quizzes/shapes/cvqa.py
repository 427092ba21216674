"""CVQA (Romero et al. 2024), as Parquet on the Hugging Face hub: `image`, `ID`, `Subset` (a
language and a country), `Question`, `Options` and `Label` (from 0), both texts also as
`Translated ...` in English, `Category`, `Image Source`, `License`.

Where the right answers are kept back, `Label` is -1.
"""

import re
from collections.abc import Mapping
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, shown
from ml.importing.quizzes import cells
from ml.importing.quizzes.shapes.found import Found, Place

columns = (("ID",), ("Subset",), ("Question",), ("Options",), ("Label",))
TRANSLATED = "en"
KEPT_BACK = -1

_SUBSET = re.compile(r"\(\s*['\"](.+)['\"]\s*,\s*['\"](.+)['\"]\s*\)")


def read(row: Mapping[str, Any], place: Place) -> list[Found]:
    language, country = _read_subset(row)
    name = cells.read_text(row, "ID")
    if not name:
        raise UnfitItem(Reason.UNREADABLE_ROW, "The row has no ID.")
    own = place.names.read_language(language)
    versions = {"own": [("", own)], "translated": [("Translated ", TRANSLATED)]}
    versions["both"] = [*versions["own"], *versions["translated"]]
    found = []
    for prefix, tag in versions[place.spec.words]:
        options = cells.read_list(row, f"{prefix}Options")
        found.append(
            Found(
                key=f"{name}-{tag}",
                question=cells.need_question(row, f"{prefix}Question"),
                options=options,
                answer=_read_label(row, options),
                picture=cells.read_picture(row, "image"),
                country=place.names.read_country(country),
                language=tag,
                category=cells.read_text(row, "Category"),
                split=place.table.split,
                group=name,
                source=cells.read_text(row, "Image Source"),
                licence=cells.read_text(row, "License"),
            )
        )
    return found


def _read_subset(row: Mapping[str, Any]) -> tuple[str, str]:
    text = cells.read_text(row, "Subset")
    said = _SUBSET.fullmatch(text)
    if said is None:
        raise UnfitItem(
            Reason.UNREADABLE_ROW,
            f"The Subset '{shown(text)}' is no pair of a language and a country.",
        )
    return said[1], said[2]


def _read_label(row: Mapping[str, Any], options: tuple[str, ...]) -> int:
    label = row.get("Label")
    if not isinstance(label, int) or isinstance(label, bool):
        raise UnfitItem(Reason.NO_ANSWER, f"The Label '{shown(label)}' is no number.")
    if label == KEPT_BACK:
        raise UnfitItem(Reason.NO_ANSWER, "The Label is -1: its publisher keeps the answer back.")
    return cells.check_place(label, options)
