"""Markdown: what stands under a heading is a passage, and the headings above it are its title.

Front matter says what is true of all of them. Nothing is rendered: a passage's text is what stands
in the file, but for its pictures, of which the first is taken and the words of all stay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ml.datasets.problems import Reason, UnfitItem, shown
from ml.datasets.readers import text
from ml.importing.knowledge.found import Found, Passage
from specs import yaml_text

BETWEEN_HEADINGS = " · "
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
# What a line that is underlined must not be for that to make it a heading.
_NO_PARAGRAPH = re.compile(r"\s*([-*+>|#]|\d+[.)]\s|$)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
_EDGE = "---"
_ENDS = (_EDGE, "...")
_MOST_FRONT_LINES = 200
_FRONT_NAMES = {
    "title": "title", "region": "region", "country": "country", "language": "language",
    "lang": "language", "source": "source", "licence": "licence", "license": "licence",
}  # fmt: skip


@dataclass
class _Section:
    line: int
    titles: tuple[str, ...]
    lines: list[str] = field(default_factory=list)


def read(path: Path, name: str) -> Iterator[Found]:
    text.check_text(path, name, "Markdown")
    lines = [line.rstrip("\r\n") for line in text.read_lines(path, name)]
    try:
        front, start = _read_front(lines)
    except UnfitItem as unfit:
        yield Found(reference=name, passage=unfit)
        return
    title = front.pop("title", "") or path.stem
    for section in _cut(lines, start):
        passage = _to_passage(section, front, title)
        if passage is not None:
            yield Found(reference=f"{name}, line {section.line:,}", passage=passage)


def _read_front(lines: list[str]) -> tuple[dict[str, str], int]:
    """What it says, and where the text begins."""
    if not lines or lines[0].rstrip() != _EDGE:
        return {}, 0
    ends = (at for at in range(1, min(len(lines), _MOST_FRONT_LINES)) if lines[at] in _ENDS)
    end = next(ends, None)
    if end is None:
        return {}, 0  # a line across the page
    try:
        # Every value as it is written: NO is a country and no truth.
        found = yaml_text.read("\n".join(lines[1:end]), loader=yaml.BaseLoader)
    except yaml_text.NotYaml as error:
        raise UnfitItem(
            Reason.UNREADABLE_ROW, f"The front matter cannot be read: {shown(error)}."
        ) from error
    if found in (None, ""):
        return {}, end + 1
    if not isinstance(found, Mapping):
        raise UnfitItem(Reason.UNREADABLE_ROW, "The front matter is not of names with values.")
    return _name_front(found), end + 1


def _name_front(found: Mapping[Any, Any]) -> dict[str, str]:
    front: dict[str, str] = {}
    for name, value in found.items():
        known = _FRONT_NAMES.get(str(name).strip().casefold())
        if known is None:
            continue
        if not isinstance(value, str):
            raise UnfitItem(
                Reason.UNFIT_VALUE,
                f"'{shown(name)}' in the front matter holds several values; one is expected.",
            )
        front[known] = value
    return front


def _cut(lines: list[str], start: int) -> Iterator[_Section]:
    titles: dict[int, str] = {}
    section = _Section(start + 1, ())
    fence = ""
    for number, line in enumerate(lines[start:], start=start + 1):
        fence = _follow_fence(line, fence)
        heading = None if fence else _find_heading(line, section.lines)
        if heading is None:
            section.lines.append(line)
            continue
        yield section
        level, title = heading
        titles = {each: words for each, words in titles.items() if each < level} | {level: title}
        section = _Section(number, tuple(titles[each] for each in sorted(titles) if titles[each]))
    yield section


def _follow_fence(line: str, fence: str) -> str:
    """The mark that will end the code that this line is part of; empty outside of code."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    ends = match[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if ends else fence


def _find_heading(line: str, before: list[str]) -> tuple[int, str] | None:
    """Level and words. One that is underlined is taken out of the lines before."""
    match = _HEADING.match(line)
    if match:
        return len(match[1]), _strip_pictures((match[2] or "").strip())
    underline = _UNDERLINE.match(line)
    is_one_line = bool(before) and (len(before) == 1 or not before[-2].strip())
    if underline is None or not is_one_line or _NO_PARAGRAPH.match(before[-1]):
        return None
    return (1 if underline[1][0] == "=" else 2), _strip_pictures(before.pop().strip())


def _strip_pictures(words: str) -> str:
    return _PICTURE.sub(r"\1", words)


def _to_passage(section: _Section, front: Mapping[str, str], title: str) -> Passage | None:
    """None when there is nothing under the heading."""
    written = "\n".join(section.lines)
    pictures = [match[2] for match in _PICTURE.finditer(written)]
    words = _strip_pictures(written).strip()
    if not words and not pictures:
        return None
    heading = BETWEEN_HEADINGS.join(section.titles) or title
    return Passage(
        values={**front, "title": heading, "text": words},
        picture=pictures[0] if pictures else "",
        num_more_pictures=max(0, len(pictures) - 1),
    )
