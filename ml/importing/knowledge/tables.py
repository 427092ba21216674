"""JSONL and CSV: a passage per line, by the names of its columns."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ml.datasets.problems import Reason, UnfitItem, UnreadableSource, shown
from ml.datasets.readers import columns, delimited, jsonl, text
from ml.datasets.readers.rows import read_picture, read_text
from ml.importing.knowledge.found import Found, Passage

# The usual names of what a column holds; the first of each is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "passage", "content", "body"),
    "title": ("title", "heading", "name"),
    "region": ("region",),
    "country": ("country", "country_code"),
    "language": ("language", "lang"),
    "source": ("source", "url"),
    "licence": ("licence", "license"),
}
PICTURE = ("picture", "image", "file_name")


def read_csv(path: Path, name: str) -> Iterator[Found]:
    rows = delimited.read_rows(path, name)
    header = [column.strip() for column in next(rows, (0, []))[1]]
    _check_header(header, name)
    for number, values in rows:
        reference = f"{name}, row {number:,}"
        if len(values) == len(header):
            yield _read(dict(zip(header, values, strict=True)), reference)
        else:
            said = f"The row has {len(values)} fields; the header has {len(header)}."
            yield Found(reference=reference, passage=UnfitItem(Reason.UNREADABLE_ROW, said))


def read_jsonl(path: Path, name: str) -> Iterator[Found]:
    text.check_text(path, name, "JSONL")
    for number, line in enumerate(text.read_lines(path, name), start=1):
        if not line.strip():
            continue
        reference = f"{name}, line {number:,}"
        try:
            row = jsonl.parse_line(line, number, name)
        except UnfitItem as unfit:
            yield Found(reference=reference, passage=unfit)
        else:
            yield _read(row, reference)


def _check_header(header: list[str], name: str) -> None:
    folded = {column.casefold() for column in header}
    if not folded & set(COLUMNS["text"]):
        listed = ", ".join(shown(column) for column in header[: columns.MOST_LISTED]) or "none"
        raise UnreadableSource(f"'{name}' has no column 'text'; its columns are: {listed}.")


def _read(row: Mapping[str, Any], reference: str) -> Found:
    named = {str(column).strip().casefold(): column for column in row}
    try:
        values = {
            name: read_text(row, _find(named, known)) for name, known in COLUMNS.items()
        }  # fmt: skip
        column = _find(named, PICTURE)
        picture = read_picture(row.get(column), column, "") if column is not None else None
        if isinstance(picture, bytes):
            raise UnfitItem(  # noqa: TRY301 - one way out for every reason
                Reason.UNREADABLE_ROW, f"Column '{shown(column)}' holds bytes, not a path."
            )
    except UnfitItem as unfit:
        return Found(reference=reference, passage=unfit)
    return Found(reference=reference, passage=Passage(values=values, picture=picture or ""))


def _find(named: Mapping[str, str], known: tuple[str, ...]) -> str | None:
    return next((named[name] for name in known if name in named), None)
