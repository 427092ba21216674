"""Cloths drawn by rule, with captions: a small data set that looks like one.

Each is a pattern repeated over a grid, in two colours of the dye vat. No two are alike.
"""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float64]

_GROUNDS = ((242, 232, 213), (31, 42, 84), (62, 39, 28), (226, 214, 190), (24, 34, 58))
_INKS = ((44, 58, 120), (233, 221, 196), (196, 142, 84), (110, 58, 36), (205, 170, 120))


def _kawung(x: Plane, y: Plane) -> Plane:
    """Four petals around each crossing."""
    x, y = np.abs((x % 1) - 0.5), np.abs((y % 1) - 0.5)
    along, across = (x + y) / np.sqrt(2), (x - y) / np.sqrt(2)
    petal = ((along - 0.34) / 0.27) ** 2 + (across / 0.15) ** 2
    seed = ((along - 0.36) / 0.09) ** 2 + (across / 0.03) ** 2
    share: Plane = ((petal < 1) & (seed > 1)).astype(float)
    return share


def _parang(x: Plane, y: Plane) -> Plane:
    """Waves that climb in slanting bands."""
    band = (x + y) / np.sqrt(2)
    wave = (x - y) / np.sqrt(2) + 0.22 * np.sin(2 * np.pi * band)
    share: Plane = ((band % 1 < 0.12) | ((wave * 2 % 1 < 0.42) & (band % 1 > 0.22))).astype(float)
    return share


def _ceplok(x: Plane, y: Plane) -> Plane:
    """Stars in circles."""
    x, y = (x % 1) - 0.5, (y % 1) - 0.5
    far, turn = np.hypot(x, y), np.arctan2(y, x)
    star = far < 0.2 + 0.1 * np.cos(8 * turn)
    ring = np.abs(far - 0.42) < 0.035
    share: Plane = ((star & (far > 0.05)) | ring).astype(float)
    return share


def _poleng(x: Plane, y: Plane) -> Plane:
    """A chequer with threads of half a shade between."""
    return 0.5 * ((x * 1.5 % 1 < 0.5).astype(float) + (y * 1.5 % 1 < 0.5))


_PATTERNS: dict[str, Callable[[Plane, Plane], Plane]] = {
    "Kawung": _kawung,
    "Parang": _parang,
    "Ceplok": _ceplok,
    "Poleng": _poleng,
}


def draw(number: int, *, side: int = 320) -> Image.Image:
    """Twice as fine and then made smaller, so that edges are smooth."""
    generator = np.random.default_rng(number)
    repeats = generator.uniform(2.5, 5)
    y, x = np.mgrid[0 : 2 * side, 0 : 2 * side] / (2 * side) * repeats
    share = list(_PATTERNS.values())[number % len(_PATTERNS)](x, y)[..., None]
    choice = generator.integers(len(_INKS)) if number >= len(_INKS) else number
    colours = np.array(_GROUNDS[choice]) * (1 - share) + np.array(_INKS[choice]) * share
    weave = generator.normal(0, 5, (2 * side, 2 * side, 1))
    picture = Image.fromarray(np.clip(colours + weave, 0, 255).astype(np.uint8))
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def describe(number: int) -> tuple[str, str]:
    """The caption and its language."""
    name = list(_PATTERNS)[number % len(_PATTERNS)]
    if number % 3:
        return f"Kain batik bermotif {name.lower()}, dicap dan dicelup dua kali", "id"
    return f"{name} batik, stamped and dyed twice", "en"


def write_folder(folder: Path, *, num_items: int) -> Path:
    """With what goes wrong in real folders: a page saved as a picture, and one without words."""
    folder.mkdir(parents=True)
    lines = []
    for number in range(num_items):
        name = f"cloth-{number:03d}.jpg"
        draw(number).save(folder / name, quality=85)
        caption, language = describe(number)
        lines.append({"file_name": name, "caption": caption, "language": language, "country": "ID"})
    (folder / "saved-page.jpg").write_bytes(b"<!doctype html><title>Not a picture</title>")
    lines.append({"file_name": "saved-page.jpg", "caption": "Parang", "language": "en"})
    lines.append({"file_name": "was-moved.jpg", "caption": "Kawung", "language": "en"})
    draw(num_items).save(folder / "no-words.jpg", quality=85)
    lines.append({"file_name": "no-words.jpg", "caption": "", "language": "id"})
    words = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "metadata.jsonl").write_text(words, "utf-8")
    return folder


def zip_pictures(num_items: int) -> bytes:
    """As people upload them: pictures, each with a text file of the same name beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(num_items):
            picture = io.BytesIO()
            draw(number, side=96).save(picture, "JPEG")
            archive.writestr(f"cloths/{number:03d}.jpg", picture.getvalue())
            archive.writestr(f"cloths/{number:03d}.txt", describe(number)[0])
    return out.getvalue()
