"""What every column and every measure of the exported tables is. One place, as a table itself."""

from collections.abc import Iterator

from reports import measures
from reports.figures import COLUMNS as FIGURE_COLUMNS
from reports.files.tables import Cell

RATINGS = {
    "item": "The output that was rated: one picture or answer of one arm. A code.",
    "rater": "Who rated: a code that is the same throughout the study. Never a name.",
    "value": "The level given, from 1 up. Empty: the rater could not judge.",
    "criterion": "What was judged.",
    "arm": "The variant that made the output. Empty or left out while the study is sealed.",
    "prompt": "What the output was made from; it joins the items of all arms.",
    "stratum": "The part of the study that the prompt belongs to.",
    "region": "The region that the study is about.",
    "country": "The country that the prompt is about.",
    "language": "The language in which the rater used the pages.",
}
FIGURES = {
    "section": "The part of the report: coverage, raters, left_out, agreement, effects, "
    "preferences, items or frontier.",
    "criterion": "What was judged. Empty: the figure is of no single criterion.",
    "group": "What the figure is within: 'arm=...; stratum=...'. Empty: over all.",
    "measure": "Which number it is: the keys in the JSON, joined by dots.",
    "value": "The number. Empty: undefined, for the reason given.",
    "low": "Lower end of the interval. Empty: there is none.",
    "high": "Upper end of the interval. Empty: there is none.",
    "n": "Ratings, or else items or prompts, that it was computed from.",
    "reason": "Why the value or the interval is undefined.",
    "definition": "How it was computed.",
}
assert tuple(FIGURES) == FIGURE_COLUMNS, "Every column of the figures is explained, in order."


def list_rows() -> Iterator[tuple[str, str, str]]:
    """Table, name, and what it is."""
    yield from (("ratings", name, what) for name, what in RATINGS.items())
    yield from (("figures", name, what) for name, what in FIGURES.items())
    yield from (
        ("measure", each.path, f"{each.label}. {each.definition}") for each in measures.MEASURES
    )


def as_columns() -> dict[str, list[Cell]]:
    rows = list(list_rows())
    return {
        name: [row[place] for row in rows] for place, name in enumerate(("table", "name", "what"))
    }
