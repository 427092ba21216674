"""Prompts from a file: JSONL, or CSV with the same columns. Every mistake is told with its line."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading.problems import UnfitPrompts

SCOPES = ("global", "regional")
_LONGEST_KEY = 200


@dataclass(frozen=True, kw_only=True)
class Prompt:
    key: str
    text: str
    negative: str | None = None  # None: whatever the run says; "" is a wish for none
    scope: str | None = None
    stratum: str | None = None
    region: str | None = None
    country: str | None = None
    language: str | None = None
    category: str | None = None

    def to_json(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value is not None}


_COLUMNS = tuple(field.name for field in fields(Prompt))


def read(path: Path) -> list[Prompt]:
    """At least one, with keys that are all different, in the order of the file."""
    name = shown(path.name)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnfitPrompts(f"'{name}' is not text in UTF-8 (byte {error.start:,}).") from error
    except IsADirectoryError as error:
        raise UnfitPrompts(f"'{name}' is a folder; prompts are one JSONL or CSV file.") from error
    except FileNotFoundError as error:
        raise UnfitPrompts(f"There is no file '{name}' with prompts.") from error
    rows = _read_csv(text, name) if path.suffix.lower() == ".csv" else _read_jsonl(text, name)
    first_lines: dict[str, int] = {}
    prompts = []
    for number, row in rows:
        prompt = _read_row(row, f"Line {number} of '{name}'")
        if prompt.key in first_lines:
            raise UnfitPrompts(
                f"Line {number} of '{name}' has the key '{shown(prompt.key)}', which line "
                f"{first_lines[prompt.key]} has already."
            )
        first_lines[prompt.key] = number
        prompts.append(prompt)
    if not prompts:
        raise UnfitPrompts(f"'{name}' holds no prompts.")
    return prompts


def write(path: Path, prompts: list[Prompt]) -> None:
    lines = (json.dumps(prompt.to_json(), ensure_ascii=False) for prompt in prompts)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _read_jsonl(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    # Not splitlines: a prompt may hold a line separator of Unicode, which JSON does not escape.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:  # also for numbers of thousands of digits
            said = str(error).rstrip(".")
            raise UnfitPrompts(f"Line {number} of '{name}' is not JSON: {said}.") from error
        if not isinstance(row, dict):
            raise UnfitPrompts(
                f"Line {number} of '{name}' is not an object such as "
                '{"key": "bread", "text": "a loaf of bread"}.'
            )
        yield number, row


def _read_csv(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    before = 1
    try:
        columns = [column for column in reader.fieldnames or () if column]
        twice = next((each for each in columns if columns.count(each) > 1), None)
        if twice is not None:
            raise UnfitPrompts(f"'{name}' has the column '{shown(twice)}' more than once.")
        for row in reader:
            if None in row or None in row.values():
                raise UnfitPrompts(
                    f"Line {before + 1} of '{name}' has another number of cells than the header."
                )
            yield before + 1, {column: value for column, value in row.items() if value != ""}
            before = reader.line_num
    except csv.Error as error:
        raise UnfitPrompts(f"Line {before + 1} of '{name}' is not CSV: {error}.") from error


def _read_row(row: dict[str, Any], where: str) -> Prompt:
    unknown = [column for column in row if column not in _COLUMNS]
    if unknown:
        raise UnfitPrompts(
            f"{where} has the column '{shown(unknown[0])}'; prompts have: {', '.join(_COLUMNS)}."
        )
    for column, value in row.items():
        if not isinstance(value, str | None):
            raise UnfitPrompts(f"{where} has {shown(value)} as its {column}, which is no text.")
        # JSON can say halves of characters, which no file can hold.
        if value and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise UnfitPrompts(f"{where} has '{shown(value)}' as its {column}, which is no text.")
    for column in ("key", "text"):
        if not (row.get(column) or "").strip():
            raise UnfitPrompts(f"{where} has no {column}.")
    key = row["key"]
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise UnfitPrompts(
            f"{where} has a key that is not one line of at most {_LONGEST_KEY} printable "
            f"characters: '{shown(key)}'."
        )
    if row.get("scope") not in (None, *SCOPES):
        raise UnfitPrompts(
            f"{where} has the scope '{shown(row['scope'])}'; it may be {' or '.join(SCOPES)}."
        )
    return Prompt(**row)
