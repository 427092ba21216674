"""From what people send to prompts: JSON lines, a table, or one prompt per line.

Nothing is guessed silently: a line that is not right is told with its number, and all of it is
refused.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NoReturn

from domain.errors import Sentence
from domain.prompts import errors
from domain.prompts.errors import LineProblem
from specs import prompts as written
from specs.prompts import FIELDS, MOST_PROMPTS, SCOPES, PromptLine, Scope

Format = Literal["auto", "jsonl", "csv", "lines"]

MOST_PROBLEMS = 20


class _Wrong(Exception):
    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def read(text: str, *, format: Format = "auto", scope: Scope = "global") -> list[PromptLine]:  # noqa: A002 - what it is called everywhere
    """All prompts, or PromptsWrong. `scope` is that of lines that name none."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    form = detect(text) if format == "auto" else format
    found: dict[str, PromptLine] = {}
    problems: list[LineProblem] = []
    try:
        for line, values in _READERS[form](text):
            try:
                prompt = _check(values, scope, default_key=f"{len(found) + 1:04d}")
                if prompt.key in found:
                    _refuse("The key '%(key)s' stands in an earlier line as well.", key=prompt.key)
                found[prompt.key] = prompt
            except _Wrong as error:
                problems.append(LineProblem(line, error.sentence))
    except _Wrong as error:
        problems.insert(0, LineProblem(1, error.sentence))
    if problems:
        num_more = max(0, len(problems) - MOST_PROBLEMS)
        raise errors.PromptsWrong(problems[:MOST_PROBLEMS], num_more=num_more)
    if not found:
        raise errors.NoPrompts
    if len(found) > MOST_PROMPTS:
        raise errors.TooManyPrompts(len(found), MOST_PROMPTS)
    return list(found.values())


def detect(text: str) -> Literal["jsonl", "csv", "lines"]:
    """By the first line that says something: an object, or the names of columns, or a prompt."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if first.startswith("{"):
        return "jsonl"
    columns = {column.strip().lower() for column in next(csv.reader([first]), [])}
    return "csv" if "text" in columns and columns <= set(FIELDS) else "lines"


def _read_jsonl(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError:
            values = None
        yield number, values if isinstance(values, dict) else {"": line}


def _read_csv(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    columns = [column.strip().lower() for column in reader.fieldnames or ()]
    if "text" not in columns:
        _refuse("The first line names the columns, and one of them must be 'text'.")
    reader.fieldnames = columns
    try:
        for row in reader:
            yield (
                reader.line_num,
                {name: value for name, value in row.items() if value not in (None, "")},
            )
    except csv.Error as error:
        raise _Wrong(
            Sentence(
                "The table cannot be read from line %(line)s on: %(reason)s.",
                line=reader.line_num + 1,
                reason=error,
            )
        ) from error


def _read_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, {"text": line}


_READERS = {"jsonl": _read_jsonl, "csv": _read_csv, "lines": _read_lines}


def _check(values: Mapping[str, Any], scope: str, *, default_key: str) -> PromptLine:
    if "" in values:
        _refuse('It is not a JSON object such as {"text": "a market"}.')
    unknown = [str(name) for name in values if name not in FIELDS]
    if unknown:
        known = ", ".join(FIELDS)
        _refuse(
            "'%(name)s' is no field of a prompt; the fields are: %(known)s.",
            name=unknown[0],
            known=known,
        )
    given = {name: _tidy(name, value) for name, value in values.items()}
    if not given.get("text"):
        _refuse("It has no text.")
    prompt = PromptLine(
        **{"key": default_key, "scope": scope} | {k: v for k, v in given.items() if v}
    )
    if prompt.scope not in SCOPES:
        _refuse("The scope is 'global' or 'regional', not '%(scope)s'.", scope=prompt.scope)
    return prompt


def _tidy(name: str, value: Any) -> str:
    if name == "key" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        _refuse("'%(name)s' must be text.", name=name)
    text: str = value.strip()
    longest = written.longest(name)
    if len(text) > longest:
        _refuse(
            "'%(name)s' has %(length)s characters; at most %(longest)s are taken.",
            name=name,
            length=len(text),
            longest=longest,
        )
    if not text.isprintable():
        _refuse("'%(name)s' must be one line of printable characters.", name=name)
    return text


def _refuse(message: str, **values: object) -> NoReturn:
    raise _Wrong(Sentence(message, **values))
