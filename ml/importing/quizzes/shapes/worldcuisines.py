"""WorldCuisines (Winata et al. 2024): `qa_id`, `lang`, `food_id`, `prompt_type`, `answer`, and the
picture as `image`, `image_path` or `image_url`.

Version 1 has the question in `open_ended_prompt` and again with numbered options in
`multi_choice_prompt`, whose right number, from 1, is `multi_choice_answer`; version 1.1 has
`question`, `options` and `mcq_answer_index`, from 0. Where a dish is at home stands in the
knowledge base that is published beside it (see `ml.importing.quizzes.dishes`): in countries, or in
all of them.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, filterfalse
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, shown
from ml.importing.quizzes import cells, dishes
from ml.importing.quizzes.shapes.found import Found, Place

columns = (("qa_id",), ("lang",), ("question", "open_ended_prompt"), ("answer",))
COUNTRIES = "Countries"
EVERYWHERE = "Global"

_NUMBERED = re.compile(r"^\s*(\d{1,2})\. ?(.*)$")


def read(row: Mapping[str, Any], place: Place) -> list[Found]:
    number = cells.read_text(row, "qa_id")
    task = cells.read_text(row, "task") or _name_task(row)
    if not number:
        raise UnfitItem(Reason.UNREADABLE_ROW, "The row has no qa_id.")
    lang = cells.read_text(row, "lang")
    options = _read_options(row)
    said = cells.read_text(row, "answer")
    if not said:
        raise UnfitItem(Reason.NO_ANSWER, "The row has no answer.")
    countries = _find_countries(row, place)
    group = "-".join(part for part in (task, number) if part)
    return [
        Found(
            key=f"{group}-{lang}",
            question=_read_question(row),
            options=options,
            answer=_read_place(row, options) if options else None,
            answers=(said,),
            picture=cells.read_picture(row, "image", "image_path", "image_url"),
            scope="global" if countries == [EVERYWHERE] else "",
            country=_choose_country(countries, place),
            language=place.names.read_language(lang),
            category=task,
            split=place.table.split,
            group=group,
            source=cells.read_text(row, "image_url"),
            licence=cells.read_text(row, "licence", "license"),
        )
    ]


def _name_task(row: Mapping[str, Any]) -> str:
    """What is asked: the name of a dish (1a, 1b, 1c), or where it is from (2)."""
    kind = cells.read_text(row, "prompt_type")
    return f"type-{kind}" if kind else ""


def _read_question(row: Mapping[str, Any]) -> str:
    """Without the sentence behind it that says how to answer: that is the model's template's."""
    if question := cells.read_text(row, "question"):
        return question
    return cells.need_question(row, "open_ended_prompt").partition("\n\n")[0].strip()


def _read_options(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "options" in row:
        return cells.read_list(row, "options")
    prompt = cells.read_text(row, "multi_choice_prompt")
    numbered = [found for line in prompt.split("\n") if (found := _NUMBERED.match(line))]
    if [int(found[1]) for found in numbered] != list(range(1, len(numbered) + 1)):
        raise UnfitItem(
            Reason.UNREADABLE_ROW, "The options of multi_choice_prompt are not numbered from 1."
        )
    return tuple(found[2].strip() for found in numbered)


def _read_place(row: Mapping[str, Any], options: tuple[str, ...]) -> int:
    first = 0 if row.get("mcq_answer_index") is not None else 1
    said = cells.read_text(row, "mcq_answer_index", "multi_choice_answer")
    if not said.isascii() or not said.isdigit():
        raise UnfitItem(Reason.NO_ANSWER, f"The right option '{shown(said)}' is no number.")
    return cells.check_place(int(said) - first, options)


def _find_countries(row: Mapping[str, Any], place: Place) -> list[str]:
    if said := cells.read_list(row, COUNTRIES):
        return list(said)
    keys = (cells.read_text(row, column) for column in (dishes.KEY, dishes.ADDRESS))
    return next((list(place.countries[key]) for key in keys if key in place.countries), [])


def _choose_country(countries: Sequence[str], place: Place) -> str:
    """Of several the one in the region, if one is: the question is about a thing of the region. Or
    else one that nobody knows: it might be.
    """
    codes = [place.names.read_country(name) for name in countries if name != EVERYWHERE]
    regional = filter(place.names.is_regional, codes)
    unknown = filterfalse(place.names.is_country, codes)
    return next(chain(regional, unknown, codes), "")
