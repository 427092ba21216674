"""The kinds of block that the template knows, as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts.look import Chart
from reports.pdf import pictures

Block = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Section:
    title: str
    blocks: tuple[Block, ...]

    def to_json(self) -> dict[str, Any]:
        return {"title": self.title, "blocks": list(self.blocks)}


def text(words: str) -> Block:
    return {"kind": "text", "text": words}


def lead(paragraphs: Sequence[str]) -> Block:
    """What everybody reads."""
    return {"kind": "lead", "texts": list(paragraphs)}


def warning(words: str) -> Block:
    return {"kind": "warning", "text": words}


def note(words: str) -> Block:
    return {"kind": "note", "text": words}


def heading(words: str) -> Block:
    return {"kind": "heading", "text": words}


def code(words: str) -> Block:
    return {"kind": "code", "text": words}


def bullets(texts: Iterable[str]) -> Block:
    return {"kind": "bullets", "texts": list(texts)}


def facts(rows: Iterable[tuple[str, str]]) -> Block:
    """Names and what they are; those without are left out."""
    return {"kind": "facts", "rows": [[name, said] for name, said in rows if said]}


def table(header: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> Block:
    """`align`: a letter for each column: l left, r right, w left and as wide as there is room."""
    return {
        "kind": "table",
        "header": list(header),
        "rows": [list(row) for row in rows],
        "align": align or "l" * len(header),
    }


def picture(chart: Chart) -> Block:
    return {"kind": "picture", "alt": chart.title, **pictures.split(chart)}
