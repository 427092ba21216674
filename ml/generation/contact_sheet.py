"""A sheet of pictures to look at: a row per prompt, a column per variant or seed, with labels.

Tiny pictures are enlarged by whole factors, so that their pixels stay what they are; large ones are
made smaller. The caller gives the labels, in whatever language.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_CELL = 224  # about as wide as a picture is shown
_GAP = 10
_MARGIN = 36
_LABEL_WIDTH = 250
_HEAD_HEIGHT = 46
_LINE_HEIGHT = 24
_PAPER, _INK, _FAINT, _EDGE = "#ffffff", "#1c1f23", "#6b7280", "#d5d9df"


@dataclass(frozen=True)
class SheetRow:
    label: str
    note: str  # smaller, below
    pictures: tuple[Path | None, ...]  # None leaves a place empty


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def draw(sheet: Sheet, *, font: Path | None = None, label_font: Path | None = None) -> Image.Image:
    """`font`: a file for scripts that Pillow's own font lacks; `label_font`: another one for the
    labels of rows alone.
    """
    sizes = {size: _load_font(font, size) for size in (15, 17, 22)}
    labels = _load_font(label_font, 17) if label_font else sizes[17]
    width, height = _find_cell(sheet)
    left, top = _MARGIN + _LABEL_WIDTH, _MARGIN + 2 * _HEAD_HEIGHT
    whole = Image.new(
        "RGB",
        (
            left + len(sheet.columns) * (width + _GAP) - _GAP + _MARGIN,
            top + len(sheet.rows) * (height + _GAP) - _GAP + _MARGIN,
        ),
        _PAPER,
    )
    pen = ImageDraw.Draw(whole)
    pen.text((_MARGIN, _MARGIN), sheet.title, _INK, sizes[22])
    for number, label in enumerate(sheet.columns):
        middle = left + number * (width + _GAP) + width // 2
        text = _fit(label, width, sizes[17])
        pen.text((middle, top - 14), text, _INK, sizes[17], anchor="mb")
    for number, row in enumerate(sheet.rows):
        y = top + number * (height + _GAP)
        _draw_label(pen, row, (_MARGIN, y), height, (labels, sizes[15]))
        for column, path in enumerate(row.pictures):
            place = (left + column * (width + _GAP), y)
            if path is None:
                pen.rectangle((*place, place[0] + width - 1, y + height - 1), outline=_EDGE)
                continue
            with Image.open(path) as picture:
                whole.paste(_scale(picture.convert("RGB"), (width, height)), place)
    return whole


def _load_font(font: Path | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(str(font), size) if font else ImageFont.load_default(size)


def _find_cell(sheet: Sheet) -> tuple[int, int]:
    """Of the first picture; all of a run have one size."""
    first = next((path for row in sheet.rows for path in row.pictures if path), None)
    if first is None:
        return _CELL, _CELL
    with Image.open(first) as picture:
        width, height = picture.size
    factor = max(1, _CELL // width) if width <= _CELL else _CELL / width
    return round(width * factor), round(height * factor)


def _scale(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    is_growing = picture.width <= size[0]
    method = Image.Resampling.NEAREST if is_growing else Image.Resampling.LANCZOS
    return picture.resize(size, method)


def _draw_label(
    pen: ImageDraw.ImageDraw,
    row: SheetRow,
    place: tuple[int, int],
    height: int,
    fonts: tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, ...],
) -> None:
    """The prompt in as many lines as fit, and the note below it."""
    large, small = fonts
    x, y = place
    most = max(1, (height - _LINE_HEIGHT) // _LINE_HEIGHT)
    for line in _wrap(row.label, _LABEL_WIDTH - 2 * _GAP, large, most):
        pen.text((x, y), line, _INK, large)
        y += _LINE_HEIGHT
    pen.text((x, y + 2), _fit(row.note, _LABEL_WIDTH - 2 * _GAP, small), _FAINT, small)


def _wrap(
    text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, most: int
) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_fit(line, width, font) for line in lines]


def _fit(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
